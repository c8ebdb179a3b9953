import type { Migration } from './target.ts'

/** What the release that runs cannot live with, or D1 refuses though the local database takes it. */
const REFUSED: { pattern: RegExp; why: string }[] = [
  { pattern: /\bDROP\s+TABLE\b/i, why: 'drops a table that the release before may still use' },
  { pattern: /\bDROP\s+COLUMN\b/i, why: 'drops a column that the release before may still use' },
  { pattern: /\bRENAME\b/i, why: 'renames what the release before knows by its old name' },
  {
    pattern: /\bADD\s+(?:COLUMN\s+)?(?=[^;]*\bNOT\s+NULL\b)(?![^;]*\bDEFAULT\b)/i,
    why: 'adds a column that must have a value, and the release before writes none',
  },
  { pattern: /\r/, why: 'has lines that end in CRLF, in which D1 does not find the end of a trigger' },
  { pattern: /^begin\b/m, why: 'has begin in small letters, at which D1 cuts the trigger in two' },
]

/**
 * Why a migration may not go before the release that needs it, each in a sentence; none if it may. What runs meanwhile
 * is the release before: a migration adds, and what is no longer used is dropped a release later, by hand.
 */
export function judgeMigration({ name, sql }: Migration): string[] {
  const code = sql.replaceAll(/--.*$/gm, '').replaceAll(/'(?:[^']|'')*'/g, "''")
  const reasons = REFUSED.filter(({ pattern }) => pattern.test(code)).map(({ why }) => `${name} ${why}.`)
  return [...reasons, ...judgeTriggers(name, code)]
}

/** A trigger that is dropped must be made again: the rows are not kept without it. */
function judgeTriggers(name: string, code: string): string[] {
  const dropped = [...code.matchAll(/\bDROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?(\w+)/gi)].map(([, trigger = '']) => trigger)
  const made = new Set([...code.matchAll(/\bCREATE\s+TRIGGER\s+(\w+)/gi)].map(([, trigger]) => trigger))
  return dropped
    .filter((trigger) => !made.has(trigger))
    .map((trigger) => `${name} drops the trigger ${trigger} and does not make it again.`)
}
