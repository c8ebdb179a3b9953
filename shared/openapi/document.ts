import type * as z from 'zod'
import type { Rules } from '../access/rules.ts'
import { describeParameters, type Parameters } from './parameters.ts'
import { describeProblems, PROBLEM_SCHEMA } from './problems.ts'
import { type Component, describeComponents, type JsonSchema, SCHEMAS } from './schemas.ts'
import type { ProblemName } from '../edge/problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
/** A body that is sent. NDJSON has one `schema` a line, and so has its example. */
export type Body = {
  mediaType: 'application/json' | 'application/x-ndjson'
  schema: z.core.$ZodType
  required: boolean
  example: unknown
}
/** An answer that is no problem. Without a schema it has no body, unless it is a page. NDJSON has one `schema` a line. */
export type Answer = {
  description: string
  schema?: z.core.$ZodType
  mediaType?: 'text/html' | 'application/x-ndjson'
  headers?: Readonly<Record<string, string>>
  example?: unknown
}

/** One thing that a program can ask, as the document describes it. `route` is the one that answers and has the rule. */
export type Operation = {
  route: `${Method} /${string}`
  tag: string
  summary: string
  description?: string
  parameters?: Parameters
  body?: Body
  answers: { readonly [Status in 200 | 201 | 204 | 304]?: Answer }
  problems: readonly ProblemName[]
}

/** All that is described of an app's API. The operations' names are their ids in the document. */
export type Api = {
  title: string
  description: string
  tags: Readonly<Record<string, string>>
  operations: Readonly<Record<string, Operation>>
  components: Readonly<Record<string, Component>>
  rules: Rules
}

export type ParameterObject = {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description: string
  schema: JsonSchema
  example?: unknown
}
type Content = Record<string, { schema: JsonSchema; example?: unknown }>
type HeaderObjects = Record<string, { description: string; schema: JsonSchema }>
export type ResponseObject = { description: string; headers?: HeaderObjects; content?: Content }
export type OperationObject = {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters: ParameterObject[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, ResponseObject>
  security?: Record<string, string[]>[]
}

/** A document of OpenAPI 3.1, as far as it is used here. Each method of a path is in small letters. */
export type OpenApiDocument = {
  openapi: string
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string; description: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, Record<string, string>> }
}

/** The release of both APIs; what is added keeps it, what breaks a client raises its first number. */
const API_RELEASE = '1.0.0'

const NDJSON = 'application/x-ndjson'

const SECURITY_SCHEMES = {
  serviceTokenId: { type: 'apiKey', in: 'header', name: 'CF-Access-Client-Id', description: 'A service token’s id' },
  serviceTokenSecret: {
    type: 'apiKey',
    in: 'header',
    name: 'CF-Access-Client-Secret',
    description: 'The same service token’s secret',
  },
  signedIn: {
    type: 'apiKey',
    in: 'cookie',
    name: 'CF_Authorization',
    description: 'What Cloudflare Access gives a browser in which somebody has signed in',
  },
}
const SIGNED_IN = [{ serviceTokenId: [], serviceTokenSecret: [] }, { signedIn: [] }]

/** The document of the API, made from the schemas that its routes validate with. */
export function describeApi(api: Api): OpenApiDocument {
  const components = { ...api.components, Problem: PROBLEM_SCHEMA }
  const paths: OpenApiDocument['paths'] = {}
  for (const [id, operation] of Object.entries(api.operations)) {
    const { method, path } = partRoute(operation.route)
    const methods = (paths[templateOf(path)] ??= {})
    methods[method.toLowerCase()] = describeOperation(id, operation, api.rules, components)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: api.title,
      version: API_RELEASE,
      description: api.description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document comes from' }],
    security: SIGNED_IN,
    tags: Object.entries(api.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: describeComponents(components), securitySchemes: SECURITY_SCHEMES },
  }
}

function describeOperation(
  id: string,
  operation: Operation,
  rules: Rules,
  components: Record<string, Component>,
): OperationObject {
  const { route, tag, summary, description = '', parameters, body } = operation
  const { method } = partRoute(route)
  const rule = ruleOf(route, rules)
  const isPublic = rule === 'public'
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, describeRule(rule)].filter((text) => text !== '').join('\n\n'),
    parameters: describeParameters(parameters ?? {}),
    ...(body === undefined ? {} : { requestBody: describeBody(body, components) }),
    responses: {
      ...describeAnswers(operation, components),
      ...describeProblems({ method, isPublic, body: body?.mediaType, own: operation.problems }),
    },
    ...(isPublic ? { security: [] } : {}),
  }
}

function describeRule(rule: Rules[string] | undefined): string {
  if (rule === undefined) return 'Nobody may use this: no rule stands for it.'
  if (rule === 'public') return 'Anybody may ask this, signed in or not.'
  if (rule === 'anyone') return 'Whoever is signed in may ask this.'
  return `Takes one of the roles: ${rule.join(', ')}.`
}

function describeBody({ mediaType, schema, required, example }: Body, components: Record<string, Component>) {
  const one = refTo(schema, components)
  return {
    required,
    content: { [mediaType]: mediaType === NDJSON ? describeLines(one, example) : { schema: one, example } },
  }
}

/** Lines that are each as `one` has it; the example is one line. */
function describeLines(one: JsonSchema, example: unknown): Content[string] {
  const description = 'One JSON document a line, each as the contentSchema has it'
  const schema = { type: 'string', description, contentMediaType: NDJSON, contentSchema: one }
  return { schema, example: `${JSON.stringify(example)}\n` }
}

function describeAnswers({ answers }: Operation, components: Record<string, Component>) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]): [string, ResponseObject] => [
      status,
      {
        description: answer.description,
        ...(answer.headers === undefined ? {} : { headers: describeHeaders(answer.headers) }),
        ...describeContent(answer, components),
      },
    ]),
  )
}

function describeContent({ schema, mediaType, example }: Answer, components: Record<string, Component>) {
  if (mediaType === 'text/html') return { content: { [mediaType]: { schema: { type: 'string' } } } }
  if (schema === undefined) return {}
  if (mediaType === NDJSON) return { content: { [mediaType]: describeLines(refTo(schema, components), example) } }
  return { content: { 'application/json': { schema: refTo(schema, components), example } } }
}

function describeHeaders(headers: Readonly<Record<string, string>>): HeaderObjects {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  )
}

function refTo(schema: z.core.$ZodType, components: Record<string, Component>): JsonSchema {
  const found = Object.entries(components).find(([, component]) => component.schema === schema)
  if (found === undefined) throw new Error('Cannot describe an operation: its schema is no component')
  return { $ref: SCHEMAS + found[0] }
}

/** The method and the path of a route. */
export function partRoute(route: string): { method: Method; path: string } {
  const [method, path = ''] = route.split(' ')
  return { method: method as Method, path }
}

/** `/orders/:number{[0-9]+}` as the document writes it: `/orders/{number}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
}

function ruleOf(route: string, rules: Rules): Rules[string] | undefined {
  const sameRoute = Object.keys(rules).find((ruled) => templateOf(ruled) === templateOf(route))
  return sameRoute === undefined ? undefined : rules[sameRoute]
}
