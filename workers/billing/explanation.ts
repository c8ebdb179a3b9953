import * as z from 'zod'

const MAX_LENGTH = 1_000

/** A text in which somebody says why they do something that others are told of. Its line breaks stay. */
export function explanation(question: string) {
  return z
    .string(question)
    .trim()
    .min(1, question)
    .max(MAX_LENGTH, `At most ${MAX_LENGTH} characters`)
    .refine((text) => text.isWellFormed(), 'Not well-formed Unicode')
    .refine((text) => !/(?![\n\r])\p{Cc}/u.test(text), 'Control characters are not allowed')
}
