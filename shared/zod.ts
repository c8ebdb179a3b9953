import { en } from 'zod/locales'
import * as z from 'zod/mini'

// zod as functions, of which a Worker carries those that it uses: its methods would bring all of it, an eighth of the
// Worker. It knows no words of its own, so whoever takes zod from here has the English ones.
z.config(en())

export * from 'zod/mini'
// `z._default` reads as if it were zod's own.
export { _default as withDefault } from 'zod/mini'

/**
 * What the schema makes of a value, and `instead` where it refuses it. zod's own `catch` finds one of zod's tools by the
 * name of them all, so that a Worker would carry each.
 */
export function fallback<S extends z.core.$ZodType>(schema: S, instead: z.output<S>): z.ZodMiniCatch<S> {
  return new z.ZodMiniCatch({ type: 'catch', innerType: schema, catchValue: () => instead }) as z.ZodMiniCatch<S>
}

/**
 * What a lazy schema stands for. Schemas of what few requests send are lazy: each part of a schema takes some 20 µs to make,
 * and they would be made at each start of a Worker.
 */
export function unwrap<S extends z.core.$ZodType>(schema: z.ZodMiniLazy<S>): S {
  // oxlint-disable-next-line no-underscore-dangle -- zod's name of what it has for libraries
  return schema._zod.innerType
}
