import { describe, expect, it } from 'vitest'
import { appsAt } from '../../shared/commands/support/app.ts'
import { parseSpan } from '../../shared/commands/support/arguments.ts'
import { spellSpan } from '../../shared/commands/start/cron.ts'
import { recogniseKind } from '../../shared/commands/import/kind.ts'
import { formatTime, startProgress } from '../../shared/commands/support/progress.ts'
import { explainFailure } from '../../shared/commands/support/migrations.ts'
import { formatLogLine, readLogLine } from '../../shared/commands/start/product-log.ts'

describe('the span between two pulls', () => {
  it.each([
    ['5s', 5_000, '5 seconds'],
    ['1m', 60_000, 'minute'],
    ['10m', 600_000, '10 minutes'],
    ['1s', 1_000, 'second'],
  ])('reads %s', (text, ms, words) => {
    expect(parseSpan(text)).toBe(ms)
    expect(spellSpan(ms)).toBe(words)
  })

  it.each(['', '5', '0s', '-1s', '5d', '25h', '1.5m'])('does not take %s for one', (text) => {
    expect(parseSpan(text)).toBeUndefined()
  })
})

describe('what a file holds', () => {
  it.each([
    [{ externalId: 'A', customer: {}, lines: [] }, 'orders'],
    [{ sku: '1', description: 'Chai', unitPrice: 1_800 }, 'products'],
    [{ id: 'ALFKI', name: 'Alfreds', address: {} }, 'customers'],
    [{ name: 'nothing' }, undefined],
    ['text', undefined],
    [null, undefined],
  ])('is seen by the shape of %j', (record, kind) => {
    expect(recogniseKind(record)).toBe(kind)
  })
})

describe('a migration that is broken', () => {
  it('is told by its file and the reason of the database', () => {
    const output = [
      '│ 0001_orders.sql │',
      '│ 0002_notes.sql  │',
      '│ 0001_orders.sql │ ✅     │',
      '│ 0002_notes.sql  │ 🕒️    │',
      '\u001B[31m✘ \u001B[41;31m[\u001B[41;97mERROR\u001B[41;31m]\u001B[0m \u001B[1mincomplete input: SQLITE_ERROR\u001B[0m',
    ].join('\n')
    expect(explainFailure(appsAt({ ordering: 1, billing: 2 })[0], output)).toBe(
      'workers/ordering/migrations/0002_notes.sql cannot be applied to the ordering database: incomplete input: SQLITE_ERROR',
    )
  })
})

describe('a line of the log', () => {
  it('is found behind the marks that wrangler puts on errors', () => {
    const line =
      '\u001B[31m✘ [ERROR] {"level":"error","event":"pull.failed","time":"2026-03-01T12:30:05.000Z","error":"no"}\u001B[0m'
    const read = readLogLine(line)
    expect(read).toMatchObject({ level: 'error', event: 'pull.failed' })
    expect(read && formatLogLine('billing', read)).toBe('12:30:05 billing  error pull.failed error=no')
  })

  it('is not seen in what wrangler prints itself', () => {
    expect(readLogLine('[wrangler:info] Ready on http://localhost:8787')).toBeUndefined()
    expect(readLogLine('{"level":')).toBeUndefined()
  })
})

describe('the progress of an import', () => {
  it.each([
    [5, '0:05'],
    [760.4, '12:40'],
  ])('spells %d seconds as %s', (seconds, text) => {
    expect(formatTime(seconds)).toBe(text)
  })

  it('is silent about what is done at once', () => {
    const written: string[] = []
    const out = { isTTY: false, write: (text: string) => written.push(text) > 0 }
    const progress = startProgress(10, 0, out)
    progress.show(10)
    progress.end()
    expect(written.join('')).toBe('')
  })
})
