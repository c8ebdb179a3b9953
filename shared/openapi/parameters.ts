import * as z from 'zod'
import type { ParameterObject } from './document.ts'
import { describeSchema } from './schemas.ts'

/** A part of the address, or a header that is sent. Its schema is of the value, and not of the text that carries it. */
export type Parameter = { schema: z.core.$ZodType; description: string; required?: true; example?: unknown }
export type Parameters = { readonly [In in 'path' | 'query' | 'header']?: Readonly<Record<string, Parameter>> }

/** How many entries a list may have. */
export const LIMIT: Parameter = {
  schema: z.int().min(1).max(200).default(50),
  description: 'How many are listed at most.',
}

/** Where a list goes on: the number that the answer before gave as `next`. */
export const AFTER: Parameter = {
  schema: z.int().min(1),
  description: 'The `next` of an earlier answer: what comes after it is listed.',
}

/** The ETag that the sender has seen; required where a change must not overwrite another one unseen. */
export const IF_MATCH: Parameter = {
  schema: z.string(),
  description: 'The `ETag` that was read. Another one means that it has changed since: 412, and nothing is changed.',
}

/** The ETag that the sender holds already. */
export const IF_NONE_MATCH: Parameter = {
  schema: z.string(),
  description: 'An `ETag` that was read: 304 while it is still the one.',
}

/** The parameters as the document lists them. */
export function describeParameters(parameters: Parameters): ParameterObject[] {
  return (['path', 'query', 'header'] as const).flatMap((place) =>
    Object.entries(parameters[place] ?? {}).map(([name, { schema, description, required, example }]) => ({
      name,
      in: place,
      required: place === 'path' || required === true,
      description,
      schema: describeSchema(schema),
      ...(example === undefined ? {} : { example }),
    })),
  )
}
