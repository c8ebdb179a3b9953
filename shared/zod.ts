import { en } from 'zod/locales'
import * as z from 'zod/mini'

// zod as functions, of which a Worker carries those that it uses: its methods would bring all of it, an eighth of the
// Worker. It knows no words of its own, so whoever takes zod from here has the English ones.
z.config(en())

export * from 'zod/mini'
// `z.catch` reads as if it were a promise's, and `z._default` as if it were zod's own.
export { _default as withDefault, catch as fallback } from 'zod/mini'
