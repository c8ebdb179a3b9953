import { isDeepStrictEqual } from 'node:util'
import type { Exchange, Talk } from './talk.ts'

/** The side under judgement, as a case sees it. */
export type Side = { talk: Talk; hands: ReadonlySet<string> }
/**
 * One case. Its id is the number of the sentence that it rests on and a letter; `needs` are the hands without which it
 * cannot be judged. It fails by throwing.
 */
export type Case<S extends Side> = {
  id: string
  title: string
  needs: readonly string[]
  judge: (side: S) => Promise<void>
}
export type Verdict = 'passed' | 'failed' | 'not judged'
/** What came of a case: `why` where it did not pass, and what was said meanwhile. */
export type Judgement = { id: string; title: string; verdict: Verdict; why: string | null; exchanges: Exchange[] }

/** The side does not do what the sentence says. */
export class Breach extends Error {}
/** The side does not offer what the case is about. */
export class NotOffered extends Error {}

/** A case of a side. */
export function aCase<S extends Side>(
  id: string,
  title: string,
  needs: readonly string[],
  judge: (side: S) => Promise<void>,
): Case<S> {
  return { id, title, needs, judge }
}

/** Judges the cases one after the other; what one leaves behind is there for the next. */
export async function* judgeAll<S extends Side>(cases: readonly Case<S>[], side: S): AsyncGenerator<Judgement, void> {
  for (const { id, title, needs, judge } of cases) {
    const missing = needs.filter((hand) => !side.hands.has(hand))
    if (missing.length > 0) {
      const why = `it needs ${missing.join(', ')} of the control interface`
      yield { id, title, verdict: 'not judged', why, exchanges: [] }
      continue
    }
    side.talk.begin()
    const [verdict, why] = await judgeOne(judge, side)
    yield { id, title, verdict, why, exchanges: side.talk.exchanges }
  }
}

async function judgeOne<S>(judge: (side: S) => Promise<void>, side: S): Promise<[Verdict, string | null]> {
  try {
    await judge(side)
    return ['passed', null]
  } catch (error) {
    if (error instanceof NotOffered) return ['not judged', error.message]
    // Whatever a program under judgement answers, the cases behind are judged as well.
    return ['failed', error instanceof Breach ? error.message : String(error)]
  }
}

/** Throws unless the condition holds. `otherwise` says what was seen instead. */
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Breach(otherwise)
}

/** Throws unless both are equal, member by member. */
export function mustEqual(seen: unknown, expected: unknown, what: string): void {
  must(isDeepStrictEqual(seen, expected), `${what}: expected ${shorten(expected)}, saw ${shorten(seen)}`)
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
