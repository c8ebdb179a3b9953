import * as z from 'zod'
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from 'zod-openapi'
import waybill from '../../package.json' with { type: 'json' }
import type { Rules } from '../access/rules.ts'
import type { JsonSchema, OpenApiDocument } from './format.ts'
import { type Answer, type Api, type Operation, type Parameters, partRoute, templateOf } from './operation.ts'
import { describeProblems } from './problems.ts'

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
} as const
const SIGNED_IN = [{ serviceTokenId: [], serviceTokenSecret: [] }, { signedIn: [] }]

/** The document of the API, made from the schemas that its routes validate with. For the build: no Worker imports it. */
export function assembleDocument({ title, description, tags, operations, rules }: Api): OpenApiDocument {
  const paths: NonNullable<ZodOpenApiObject['paths']> = {}
  for (const [id, operation] of Object.entries(operations)) {
    const { method, path } = partRoute(operation.route)
    const described = describeOperation(id, operation, rules)
    paths[templateOf(path)] = { ...paths[templateOf(path)], [method.toLowerCase()]: described }
  }
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: { title, version: waybill.version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'Where this document comes from' }],
      security: SIGNED_IN,
      tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
      paths,
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    { override: ({ jsonSchema, io }) => (io === 'input' ? tidy(jsonSchema) : loosen(jsonSchema)) },
  ) as unknown as OpenApiDocument
  return finish(document)
}

function describeOperation(id: string, operation: Operation, rules: Rules): ZodOpenApiOperationObject {
  const { route, tag, summary, description = '', parameters = {}, body } = operation
  const rule = ruleOf(route, rules)
  const isPublic = rule === 'public'
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, describeRule(rule)].filter((text) => text !== '').join('\n\n'),
    requestParams: describeParameters(parameters),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.required,
            content: { [body.mediaType]: { schema: body.schema, example: body.example } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      ...describeProblems({
        method: partRoute(route).method,
        isPublic,
        body: body?.mediaType,
        own: operation.problems,
      }),
    },
    ...(isPublic ? { security: [] } : {}),
  }
}

function ruleOf(route: string, rules: Rules): Rules[string] | undefined {
  const sameRoute = Object.keys(rules).find((ruled) => templateOf(ruled) === templateOf(route))
  return sameRoute === undefined ? undefined : rules[sameRoute]
}

function describeRule(rule: Rules[string] | undefined): string {
  if (rule === undefined) return 'Nobody may use this: no rule stands for it.'
  if (rule === 'public') return 'Anybody may ask this, signed in or not.'
  if (rule === 'anyone') return 'Anybody who is signed in may use this.'
  return `Requires one of the roles: ${rule.join(', ')}.`
}

function describeParameters(parameters: Parameters) {
  return Object.fromEntries(Object.entries(parameters).map(([place, named]) => [place, z.object(named)]))
}

function describeAnswer({ description, schema, mediaType, headers, example }: Answer) {
  const page = mediaType === 'text/html' ? { schema: z.string() } : undefined
  const content = schema === undefined ? page : { schema, ...(example === undefined ? {} : { example }) }
  return {
    description,
    ...(headers === undefined ? {} : { headers: describeHeaders(headers) }),
    ...(content === undefined ? {} : { content: { [mediaType ?? 'application/json']: content } }),
  }
}

function describeHeaders(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]),
  )
}

/** Leaves out what zod adds and nobody asked for. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  // The calendar, leap years included, in a pattern of 400 characters.
  if (schema.format === 'date-time' || schema.format === 'date') delete schema.pattern
  // The bounds of what a program carries exactly.
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
}

const BOUNDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
] as const

/**
 * Promises of an answer its members and their types, and no more: what is sent in is bounded, but a row may be made by
 * SQL, and a release may add members, which readers pass over.
 */
function loosen(schema: z.core.JSONSchema.BaseSchema): void {
  tidy(schema)
  for (const bound of BOUNDS) delete schema[bound]
  if (schema.additionalProperties === false) delete schema.additionalProperties
}

/** The document with what the library has no place for: lines of NDJSON, and what the members of a schema mean. */
function finish(document: OpenApiDocument): OpenApiDocument {
  for (const { requestBody, responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    for (const { content = {} } of [...Object.values(responses), ...(requestBody === undefined ? [] : [requestBody])]) {
      const lines = content[NDJSON]
      if (lines !== undefined) content[NDJSON] = describeLines(lines)
    }
  }
  const schemas = Object.entries(document.components.schemas).sort(([one], [other]) => one.localeCompare(other, 'en'))
  const explained = Object.fromEntries(schemas.map(([name, schema]) => [name, explainMembers(schema)]))
  return { ...document, components: { ...document.components, schemas: explained } }
}

/** Lines that are each as the schema has it; the example is one line. */
function describeLines({ schema, example }: { schema: JsonSchema; example?: unknown }) {
  const description = 'One JSON document a line, each as the contentSchema has it'
  const text = { type: 'string', description, contentMediaType: NDJSON, contentSchema: schema }
  return { schema: text, example: `${JSON.stringify(example)}\n` }
}

/** What `nameSchema` says of the members, put to each of them. */
function explainMembers({ members = {}, description, properties, ...rest }: JsonSchema): JsonSchema {
  const meanings = members as Readonly<Record<string, string>>
  const explained = Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(([name, property]) => {
    const meaning = meanings[name] ?? property['description']
    // What zod keeps beside a reference would close the object that is referred to.
    const { $ref } = property
    const value = $ref === undefined ? property : { $ref }
    return [name, meaning === undefined ? value : { ...value, description: meaning }]
  })
  return { description, ...rest, ...(explained.length === 0 ? {} : { properties: Object.fromEntries(explained) }) }
}
