import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChargeInput, LineInput } from '../../../shared/contract/order.ts'
import { compareContents, type ContentChange } from '../../../workers/billing/copies/content-changes.ts'
import type { InvoiceContent } from '../../../shared/contract/order-content.ts'

const FREIGHT = { description: 'Freight', amount: 500, taxPercent: 19 }

function contentOf(lines: LineInput[], charges: ChargeInput[] = [], note: string | null = null): InvoiceContent {
  const address = { street: 'Markt 1', additional: null, city: 'Jena', postalCode: null, region: null, country: 'DE' }
  const customer = { id: 'KORN', name: 'Kornblume', contact: null, email: null, vatId: null, address }
  return { currency: 'EUR', customer, lines, charges, suppliedOn: null, taxExemptionReason: null, note }
}

function aLine(sku: string, changed: Partial<LineInput> = {}): LineInput {
  const own = { sku, description: `Product ${sku}` }
  return { ...own, quantity: 1, unitPrice: 250, discountPercent: 0, taxPercent: 7, ...changed }
}

function changesOf(before: LineInput[], after: LineInput[]): ContentChange[] {
  return compareContents(contentOf(before), contentOf(after))
}

describe('two contents differ', () => {
  const [oats, rice, tea] = [aLine('OAT'), aLine('RICE'), aLine('TEA')]

  it('in a line that was put in between, and not in those behind it', () => {
    expect(changesOf([oats, tea], [oats, rice, tea])).toEqual([{ kind: 'added', pointer: '/lines/1', item: rice }])
  })

  it('in a line that was taken out, said by where it stood', () => {
    expect(changesOf([oats, rice, tea], [rice, tea])).toEqual([{ kind: 'removed', pointer: '/lines/0', item: oats }])
  })

  it('in the fields of a line that was changed, said by where it stands now', () => {
    expect(changesOf([oats, tea], [rice, oats, aLine('TEA', { quantity: 3, unitPrice: 240 })])).toEqual([
      { kind: 'added', pointer: '/lines/0', item: rice },
      { kind: 'changed', pointer: '/lines/2/quantity', before: 1, after: 3 },
      { kind: 'changed', pointer: '/lines/2/unitPrice', before: 250, after: 240 },
    ])
  })

  it('in the description alone where a product was renamed, and in the SKU alone where it got another', () => {
    expect(changesOf([oats], [aLine('OAT', { description: 'Oat flakes' })])).toEqual([
      { kind: 'changed', pointer: '/lines/0/description', before: 'Product OAT', after: 'Oat flakes' },
    ])
    expect(changesOf([oats], [aLine('OAT-2', { description: 'Product OAT' })])).toEqual([
      { kind: 'changed', pointer: '/lines/0/sku', before: 'OAT', after: 'OAT-2' },
    ])
  })

  it('in the one of two alike that changed: an equal line belongs to its equal', () => {
    expect(changesOf([oats, oats], [aLine('OAT', { quantity: 4 }), oats])).toEqual([
      { kind: 'changed', pointer: '/lines/0/quantity', before: 1, after: 4 },
      { kind: 'reordered', pointer: '/lines' },
    ])
  })

  it('in their order alone where the same lines stand otherwise', () => {
    expect(changesOf([oats, rice, tea], [tea, oats, rice])).toEqual([{ kind: 'reordered', pointer: '/lines' }])
  })

  it('in charges and in the head, in the order of the document', () => {
    const before = contentOf([oats], [FREIGHT])
    const after = { ...contentOf([oats], [], 'Ring twice'), currency: 'CHF' }
    expect(compareContents(before, after)).toEqual([
      { kind: 'changed', pointer: '/currency', before: 'EUR', after: 'CHF' },
      { kind: 'removed', pointer: '/charges/0', item: FREIGHT },
      { kind: 'changed', pointer: '/note', before: null, after: 'Ring twice' },
    ])
  })
})

// Few values, so that many lines are alike.
const line = fc
  .record({
    sku: fc.constantFrom('A', 'B', 'C'),
    description: fc.constantFrom('a', 'b'),
    quantity: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ sku, ...own }) => aLine(sku, own))
const lines = fc.array(line, { maxLength: 8 })

function only(changes: readonly ContentChange[], kind: 'added' | 'removed'): string[] {
  return changes.flatMap((change) => (change.kind === kind ? [JSON.stringify(change.item)] : []))
}

describe('whatever the lines', () => {
  it('equal contents differ in nothing, and others in something', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        expect(changesOf(before, before)).toEqual([])
        expect(changesOf(before, after).length === 0).toBe(JSON.stringify(before) === JSON.stringify(after))
      }),
    )
  })

  it('what came less what went is how many there are more, and each stands where it is said to', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const changes = changesOf(before, after)
        expect(only(changes, 'added').length - only(changes, 'removed').length).toBe(after.length - before.length)
        for (const change of changes) {
          if (change.kind !== 'added' && change.kind !== 'removed') continue
          const side = change.kind === 'added' ? after : before
          expect(side[Number(change.pointer.slice('/lines/'.length))]).toEqual(change.item)
        }
      }),
    )
  })

  it('looked at the other way round, what came is what went', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const [forth, back] = [changesOf(before, after), changesOf(after, before)]
        expect(only(forth, 'added').toSorted()).toEqual(only(back, 'removed').toSorted())
        expect(only(forth, 'removed').toSorted()).toEqual(only(back, 'added').toSorted())
      }),
    )
  })

  it('of distinct products, just those that were put in, taken out or changed are named, wherever they stand', () => {
    const fates = fc.array(fc.constantFrom('kept', 'removed', 'changed', 'added'), { maxLength: 12 })
    fc.assert(
      fc.property(fates, (drawn) => {
        const products = drawn.map((fate, nr) => ({ fate, line: aLine(`P${nr}`) }))
        const before = products.filter(({ fate }) => fate !== 'added').map(({ line }) => line)
        const after = products
          .filter(({ fate }) => fate !== 'removed')
          .map(({ fate, line }) => (fate === 'changed' ? { ...line, quantity: 9 } : line))
        const changes = changesOf(before, after)
        const count = (wanted: string) => drawn.filter((fate) => fate === wanted).length
        expect(changes.filter(({ kind }) => kind === 'added')).toHaveLength(count('added'))
        expect(changes.filter(({ kind }) => kind === 'removed')).toHaveLength(count('removed'))
        expect(changes.filter(({ pointer }) => pointer.endsWith('/quantity'))).toHaveLength(count('changed'))
        expect(changes).toHaveLength(drawn.length - count('kept'))
      }),
    )
  })
})
