import * as z from 'zod'

/** The members that are sent or answered, where an object stands for them. */
type Members<S extends z.core.$ZodType> = keyof z.input<S> & string

/**
 * Gives the schema a name of its own in the document, and says what it and each of its members mean. The schema is one
 * that a Worker validates with or takes apart: the texts stand here, since no Worker is to carry them. A schema of the
 * document alone says the same with zod's `describe` and `meta`.
 */
export function nameSchema<S extends z.core.$ZodType>(
  schema: S,
  id: string,
  description: string,
  members: Readonly<Record<Members<S>, string>>,
): S {
  z.globalRegistry.add(schema, { id, description, members })
  return schema
}

/** The same schema where it means `description`. A named one is still referred to by its name. */
export function describe<S extends z.core.$ZodType>(schema: S, description: string): S {
  const described = z.core.clone(schema)
  z.globalRegistry.add(described, { description, members: undefined })
  return described
}

/** The same members, each with what it means. */
export function describeMembers<S extends z.core.$ZodShape>(
  shape: S,
  meanings: Readonly<Record<keyof S & string, string>>,
): S {
  const described = Object.entries<z.core.$ZodType>(shape).map(([name, schema]) => [
    name,
    describe(schema, meanings[name] ?? ''),
  ])
  return Object.fromEntries(described) as S
}

/** A part of the address, or a header that is sent. The schema is of the value, and not of the text that carries it. */
export function parameter<S extends z.core.$ZodType>(schema: S, description: string, example?: unknown): S {
  const described = z.core.clone(schema)
  z.globalRegistry.add(described, { param: { description, ...(example === undefined ? {} : { example }) } })
  return described
}

/** How many entries a list may have. */
export const LIMIT = parameter(z.int().min(1).max(200).default(50), 'How many are listed at most.')

/** Where a list goes on: the number that the answer before gave as `next`. */
export const AFTER = parameter(
  z.int().min(1).optional(),
  'The `next` of an earlier answer: what comes after it is listed.',
)

const SEEN = 'The `ETag` that was read. Another one means that it has changed since: 412, and nothing is changed.'
/** The ETag that the sender has seen, where a change must not overwrite another one unseen. */
export const IF_MATCH = parameter(z.string(), SEEN)
/** The same where it may be left out. */
export const IF_MATCH_IF_SENT = parameter(z.string().optional(), SEEN)

/** The ETag that the sender holds already. */
export const IF_NONE_MATCH = parameter(z.string().optional(), 'An `ETag` that was read: 304 while it is still the one.')
