import * as z from '../zod.ts'
import { parseOrderNumber } from '../contract/links.ts'
import { fieldErrors, problemResponse } from './problem.ts'
import { describeQueryErrors } from './query-parameters.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
const LIMIT_REFUSAL = `Must be a whole number from 1 to ${MAX_LIMIT}`
const limit = z.pipe(
  z.pipe(z.string().check(z.regex(/^[1-9]\d{0,2}$/, LIMIT_REFUSAL)), z.transform(Number)),
  z.number().check(z.maximum(MAX_LIMIT, LIMIT_REFUSAL)),
)

/** How many a program asks for of a list. */
export const limitOrUsual = z.withDefault(limit, DEFAULT_LIMIT)

/** What is at most looked for: longer than any name or id. */
export const LONGEST_SEARCH = 500

/** A text that is looked for. */
export const searchText = z.string().check(z.maxLength(LONGEST_SEARCH, `At most ${LONGEST_SEARCH} characters`))

/** The number of an order, or of what has one like it. */
export function askedNumber(refusal: string) {
  return z.pipe(
    z.string(),
    z.transform((text, context) => {
      const number = parseOrderNumber(text)
      if (number !== undefined) return number
      context.issues.push({ code: 'custom', message: refusal, input: text })
      return z.NEVER
    }),
  )
}

/** Answers a program whose query is not valid, naming each parameter that is wrong. */
export function refuseQuery(
  parsed: { success: true } | { success: false; error: z.core.$ZodError },
): Response | undefined {
  if (parsed.success) return undefined
  const errors = fieldErrors(parsed.error.issues)
  return problemResponse('invalid-query', describeQueryErrors(errors), { errors })
}
