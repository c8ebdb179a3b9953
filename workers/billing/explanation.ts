import * as z from '../../shared/zod.ts'

const MAX_LENGTH = 1_000

/** A text in which somebody says why they do something that others are told of. Its line breaks stay. */
export function explanation(question: string) {
  return z.string(question).check(
    z.trim(),
    z.minLength(1, question),
    z.maxLength(MAX_LENGTH, `At most ${MAX_LENGTH} characters`),
    z.refine((text) => text.isWellFormed(), 'Not well-formed Unicode'),
    z.refine((text) => !/(?![\n\r])\p{Cc}/u.test(text), 'Control characters are not allowed'),
  )
}
