import type { Hono } from 'hono'
import type { BlankEnv } from 'hono/types'
import type * as z from 'zod'
import type { Method, Operation } from './operation.ts'
import type { ProblemDetails, ProblemName, PROBLEMS } from '../edge/problem.ts'

type Operations = Readonly<Record<string, Operation>>
type MethodOf<O extends Operation> = O['route'] extends `${infer M extends Method} ${string}` ? M : never
type PathOf<O extends Operation> = O['route'] extends `${string} ${infer P}` ? P : never

type Place<O extends Operation, In extends string> = O extends { parameters: Record<In, infer P> } ? P : never
type Named<P, Required extends boolean> = [P] extends [never]
  ? unknown
  : Required extends true
    ? { [Name in keyof P]: string }
    : { [Name in keyof P]?: string }
type Inputs<O extends Operation> = (Place<O, 'path'> extends never
  ? unknown
  : { param: Named<Place<O, 'path'>, true> }) &
  (Place<O, 'query'> extends never ? unknown : { query?: Named<Place<O, 'query'>, false> }) &
  (Place<O, 'header'> extends never ? unknown : { header?: Named<Place<O, 'header'>, false> }) &
  (O extends { body: { mediaType: 'application/json'; schema: infer S extends z.core.$ZodType } }
    ? { json: z.input<S> }
    : unknown)

type Answered<O extends Operation> = {
  [Status in keyof O['answers'] & number]: {
    input: Inputs<O> & {}
    output: O['answers'][Status] extends { schema: infer S extends z.core.$ZodType } ? z.output<S> : null
    outputFormat: 'json'
    status: Status
  }
}[keyof O['answers'] & number]
type Refused<O extends Operation> = {
  input: Inputs<O> & {}
  output: ProblemDetails
  outputFormat: 'json'
  status: (typeof PROBLEMS)[ProblemName]['status']
}

/** The operations as Hono's client (`hc`) knows an app: paths, what is sent, and what each status answers. */
export type ApiClientSchema<T extends Operations> = Hono<
  BlankEnv,
  {
    [Path in PathOf<T[keyof T]>]: {
      [O in Extract<T[keyof T], { route: `${Method} ${Path}` }> as `$${Lowercase<MethodOf<O>>}`]:
        | Answered<O>
        | Refused<O>
    }
  }
>
