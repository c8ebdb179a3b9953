import { contentOf, type Findings } from './findings.ts'

/** Guarantee 1 and 7: every order that ordering has and was ever confirmed, none missing, none older, same content. */
export function checkEquality({ theirs, ours, unfit, refused }: Findings, broken: string[]): void {
  const copies = new Map(ours.map((copy) => [copy.number, copy]))
  for (const order of theirs) {
    if (unfit.has(order.number) || refused.has(order.number)) continue
    const copy = copies.get(order.number)
    if (copy === undefined) {
      broken.push(`order ${order.number} is missing in billing`)
      continue
    }
    const copied = `revision ${copy.revision}, fingerprint ${copy.fingerprint}`
    if (copy.revision !== order.revision || copy.fingerprint !== order.fingerprint) {
      broken.push(
        `order ${order.number} has revision ${order.revision}, fingerprint ${order.fingerprint}; its copy ${copied}`,
      )
    } else if (contentOf(copy.record) !== contentOf(order.published)) {
      broken.push(`order ${order.number} has the content ${order.published}; its copy ${copy.record}`)
    }
    if ((copy.deleted === 1) !== (order.state === 'Deleted')) {
      broken.push(`order ${order.number} is ${order.state}, and its copy ${copy.deleted === 1 ? '' : 'not '}deleted`)
    }
  }
}

/** Guarantee 7: copies that ordering has no longer are orphaned and named, and no others are. */
export function checkOrphans({ theirs, ours, sync }: Findings, broken: string[]): void {
  const known = new Set(theirs.map(({ number }) => number))
  const lost = ours.filter(({ number }) => !known.has(number)).map(({ number }) => number)
  const marked = ours.filter(({ orphaned }) => orphaned === 1).map(({ number }) => number)
  if (lost.join() !== marked.join()) broken.push(`ordering has lost ${lost.join()}; orphaned are ${marked.join()}`)
  if (lost.join() !== sync.orphaned.join()) {
    broken.push(`ordering has lost ${lost.join()}; named are ${sync.orphaned.join()}`)
  }
}

/**
 * Guarantee 6: what cannot be read is named, and nothing else. What billing's database refuses is named unless nothing had
 * to be written by the feed: its copy is as it should be, or was tampered with, which a comparison names.
 */
export function checkQuarantine({ theirs, ours, sync, unfit, refused }: Findings, broken: string[]): void {
  const named = new Set(sync.quarantined.map(({ number }) => number))
  const copies = new Map(ours.map(({ number, fingerprint }) => [number, fingerprint]))
  const unread = theirs.filter(({ number, fingerprint }) => {
    const copied = copies.get(number)
    return unfit.has(number) || (refused.has(number) && copied !== fingerprint && copied !== null)
  })
  for (const { number } of unread) {
    if (!named.has(number)) broken.push(`order ${number} cannot be read and is not named`)
  }
  for (const number of named) {
    if (number === null || !(unfit.has(number) || refused.has(number))) {
      broken.push(`order ${number} is in quarantine for nothing`)
    }
  }
}
