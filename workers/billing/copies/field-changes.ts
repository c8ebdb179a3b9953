/** One field that differs, by its JSON Pointer; undefined on the side that has it not. */
export type FieldChange = { pointer: string; before: unknown; after: unknown }

/** What every write of an order changes: it says nothing of what the order says. */
const DRAWN_AGAIN = new Set(['/confirmedSequenceNr', '/fingerprint'])

/** The fields in which two records of an order differ, in the order in which they stand there. */
export function listChanges(before: unknown, after: unknown, pointer = ''): FieldChange[] {
  if (before === after || DRAWN_AGAIN.has(pointer)) return []
  if (!isBranch(before) || !isBranch(after)) return [{ pointer, before, after }]
  const members = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...members].flatMap((member) => {
    const step = member.replaceAll('~', '~0').replaceAll('/', '~1')
    return listChanges(before[member], after[member], `${pointer}/${step}`)
  })
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
