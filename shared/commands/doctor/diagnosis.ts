/** Something that the doctor found. `look`: not wrong in itself. `next`: what to do about it. */
export type Diagnosis = { verdict: 'fine' | 'look' | 'wrong'; what: string; next?: string }

export function fine(what: string): Diagnosis {
  return { verdict: 'fine', what }
}

export function look(what: string, next?: string): Diagnosis {
  return next === undefined ? { verdict: 'look', what } : { verdict: 'look', what, next }
}

export function wrong(what: string, next: string): Diagnosis {
  return { verdict: 'wrong', what, next }
}

const MARKS = { fine: '  ok     ', look: '  look   ', wrong: '  WRONG  ' } as const
const INDENT = ' '.repeat(MARKS.fine.length)

/** The diagnosis as it is printed. */
export function describeDiagnosis({ verdict, what, next }: Diagnosis): string {
  return `${MARKS[verdict]}${what}${next === undefined ? '' : `\n${INDENT}${next}`}`
}

/** The most numbers that are named; a longer list helps nobody. */
const MOST_NAMED = 10

/** 1, 2, 3 and 7 more. */
export function nameNumbers(numbers: readonly number[]): string {
  const named = numbers.slice(0, MOST_NAMED).join(', ')
  return numbers.length > MOST_NAMED ? `${named} and ${numbers.length - MOST_NAMED} more` : named
}
