import * as fc from 'fast-check'
import {
  type JsonSchema,
  type OpenApiDocument,
  type OperationObject,
  type ParameterObject,
  SCHEMAS,
} from '../../shared/openapi/format.ts'

/** A request as it is sent. */
export type OddRequest = { method: string; path: string; headers: Record<string, string>; body?: string }

const ODD_TEXTS = [
  '',
  '0',
  '-1',
  '01',
  '1e3',
  '9007199254740993',
  'NaN',
  ' ',
  '%',
  '%00',
  '"',
  "'; --",
  '\u202E',
  'ÄÖÜ',
  '😀',
]
const ODD_VALUES: unknown[] = [null, true, -1, 0.1, 1e300, 1e-9, '', '\u0000', '\uD800', 'x'.repeat(600), [], {}, [[]]]

/** Requests that the document allows, and requests that are near to them. */
export function oddRequests(document: OpenApiDocument): fc.Arbitrary<OddRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestsOf(document, method, path, operation)),
  )
  return fc.oneof(...operations)
}

function requestsOf(
  document: OpenApiDocument,
  method: string,
  template: string,
  { parameters, requestBody }: OperationObject,
): fc.Arbitrary<OddRequest> {
  const [content] = Object.entries(requestBody?.content ?? {})
  return fc
    .record({
      inPath: valuesOf(parameters, 'path'),
      inQuery: valuesOf(parameters, 'query'),
      inHeader: valuesOf(parameters, 'header'),
      body: content === undefined ? fc.constant(undefined) : bodiesOf(document, content[1]),
      mediaType: fc.oneof({ weight: 19, arbitrary: fc.constant(content?.[0]) }, fc.constant('text/plain')),
    })
    .map(({ inPath, inQuery, inHeader, body, mediaType }) => {
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] ?? '1'))
      const query = new URLSearchParams(inQuery).toString()
      const headers =
        body === undefined || mediaType === undefined ? inHeader : { ...inHeader, 'Content-Type': mediaType }
      const request = { method: method.toUpperCase(), path: query === '' ? path : `${path}?${query}`, headers }
      return body === undefined ? request : { ...request, body }
    })
}

function valuesOf(parameters: ParameterObject[], place: ParameterObject['in']): fc.Arbitrary<Record<string, string>> {
  const named = parameters.filter((parameter) => parameter.in === place)
  const values = named.map(({ name, schema }): [string, fc.Arbitrary<string>] => [
    name,
    place === 'header' ? headerValues() : fc.oneof(likely(schema), likely(schema), fc.constantFrom(...ODD_TEXTS)),
  ])
  const requiredKeys = place === 'path' ? named.map(({ name }) => name) : []
  return fc.record(Object.fromEntries(values), { requiredKeys }) as fc.Arbitrary<Record<string, string>>
}

function headerValues(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom('"1"', '"2"', '*', 'W/"1"', '1', '"', ', ,'), fc.stringMatching(/^[!-~]{1,40}$/))
}

/** A value in a path or a query: numbers that are in use, or what the schema allows. */
function likely(schema: JsonSchema): fc.Arbitrary<string> {
  const values = schema['enum'] as string[] | undefined
  if (values !== undefined) return fc.constantFrom(...values)
  if (schema['type'] === 'integer') return fc.integer({ min: 1, max: 30 }).map(String)
  return fc.oneof(fc.constantFrom('nw', 'VINET', '1'), fc.string({ unit: 'grapheme', maxLength: 20 }))
}

function bodiesOf(document: OpenApiDocument, { schema, example }: { schema: JsonSchema; example?: unknown }) {
  const contentSchema = schema['contentSchema'] as JsonSchema | undefined
  const parsed: unknown = typeof example === 'string' ? JSON.parse(example) : example
  const values = fc.oneof(fromSchema(document, contentSchema ?? schema), fc.constant(parsed)).chain(nearTo)
  const texts = fc.oneof({ weight: 19, arbitrary: values.map((value) => JSON.stringify(value)) }, fc.string())
  return contentSchema === undefined ? texts : fc.array(texts, { maxLength: 4 }).map((lines) => lines.join('\n'))
}

/** The value itself, or with one or two of its parts made odd, taken away or added. */
function nearTo(value: unknown): fc.Arbitrary<unknown> {
  const oddness = fc.record({
    seed: fc.nat(),
    odd: fc.constantFrom(...ODD_VALUES),
    how: fc.constantFrom('put', 'drop', 'add'),
  })
  return fc
    .array(oddness, { maxLength: 2 })
    .map((changes) => changes.reduce((changed, { seed, odd, how }) => change(changed, seed, odd, how), value))
}

function change(value: unknown, seed: number, odd: unknown, how: string): unknown {
  if (typeof value !== 'object' || value === null) return how === 'put' ? odd : value
  const keys = Object.keys(value)
  const key = keys[seed % (keys.length + 1)]
  if (key === undefined) return how === 'add' && !Array.isArray(value) ? { ...value, unknown: odd } : odd
  const members = { ...value } as Record<string, unknown>
  // Every third step stays at this level.
  if (how === 'drop') delete members[key]
  else members[key] = seed % 3 === 0 ? odd : change(members[key], Math.floor(seed / 7), odd, how)
  return Array.isArray(value) ? Object.values(members) : members
}

/** Values that fit the schema, as far as the schema says it all. */
function fromSchema(document: OpenApiDocument, schema: JsonSchema): fc.Arbitrary<unknown> {
  const {
    $ref,
    anyOf,
    enum: values,
    type,
  } = schema as {
    $ref?: string
    anyOf?: JsonSchema[]
    enum?: unknown[]
    type?: string
  }
  if ($ref !== undefined) return fromSchema(document, document.components.schemas[$ref.slice(SCHEMAS.length)] ?? {})
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((choice) => fromSchema(document, choice)))
  if (values !== undefined) return fc.constantFrom(...values)
  switch (type) {
    case 'object':
      return objectsOf(document, schema)
    case 'array':
      return fc.array(fromSchema(document, schema['items'] as JsonSchema), { minLength: 1, maxLength: 4 })
    case 'integer':
      return fc.integer({ min: (schema['minimum'] as number | undefined) ?? 0, max: 1_000_000 })
    case 'number':
      return fc.integer({ min: 1, max: 10_000 }).map((hundredths) => hundredths / 100)
    case 'boolean':
      return fc.boolean()
    case 'string':
      return textsOf(schema)
    default:
      return fc.constant(null)
  }
}

/** Members whose texts come from a list that the schema does not have. */
const TEXTS_OF_LISTS = new Map<string, fc.Arbitrary<string>>([
  ['currency', fc.constantFrom('EUR', 'USD', 'JPY', 'KWD')],
  ['country', fc.constantFrom('DE', 'fr', 'Viet Nam')],
])

function objectsOf(document: OpenApiDocument, schema: JsonSchema): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>
  const members = Object.entries(properties).map(([name, property]): [string, fc.Arbitrary<unknown>] => [
    name,
    TEXTS_OF_LISTS.get(name) ?? fromSchema(document, property),
  ])
  const requiredKeys = (schema['required'] ?? []) as string[]
  return fc.record(Object.fromEntries(members), { requiredKeys })
}

function textsOf({ format }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date') return fc.constantFrom('2026-01-31', '2024-02-29')
  if (format === 'date-time') return fc.constantFrom('2026-01-31T12:00:00Z', '1999-12-31T23:59:59.999Z')
  return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
}
