import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { describeBillingApi } from '../../workers/billing/openapi/document.ts'
import { describeOrderingApi } from '../../workers/ordering/openapi/document.ts'
import {
  type JsonSchema,
  type OpenApiDocument,
  type OperationObject,
  type ResponseObject,
  SCHEMAS,
} from '../../shared/openapi/format.ts'
import type { Judge } from '../../shared/simulator/running-worker.ts'

/** An answer, as far as it is judged. `body` is its text. */
export type JudgedAnswer = { status: number; contentType: string | null; body: string }

const SCHEMA_ID = 'waybill:'

export const DOCUMENTS = { ordering: describeOrderingApi(), billing: describeBillingApi() }

/** Throws if an answer of the API is not one that the app's document describes; it can still be read afterwards. */
export function refuseUndescribed(app: keyof typeof DOCUMENTS): Judge {
  return async (method, path, answer) => {
    if (findOperation(DOCUMENTS[app], method, path) === undefined) return
    const body = await answer.clone().text()
    const why = judgeAnswer(app, method, path, {
      status: answer.status,
      contentType: answer.headers.get('Content-Type'),
      body,
    })
    if (why !== undefined) throw new Error(why)
  }
}

/**
 * Why the answer is not one that the app's document describes; undefined if it is. A path that the document does not
 * have is no part of the API.
 */
export function judgeAnswer(
  app: keyof typeof DOCUMENTS,
  method: string,
  path: string,
  answer: JudgedAnswer,
): string | undefined {
  const document = DOCUMENTS[app]
  const found = findOperation(document, method, path)
  if (found === undefined) return undefined
  const asked = `${app}: ${method} ${path}`
  const response = found.responses[String(answer.status)]
  if (response === undefined) return `${asked} answered ${answer.status}, which the document does not have`
  return judgeBody(document, `${asked} ${answer.status}`, response, answer)
}

function judgeBody(
  document: OpenApiDocument,
  asked: string,
  { content }: ResponseObject,
  { contentType, body }: JudgedAnswer,
): string | undefined {
  if (content === undefined) return body === '' ? undefined : `${asked} has a body, and the document has none`
  const [mediaType = ''] = (contentType ?? '').split(';')
  const described = content[mediaType]
  if (described === undefined) return `${asked} is ${mediaType}, which the document does not have`
  if (!mediaType.endsWith('json')) return undefined
  const { contentSchema } = described.schema as { contentSchema?: JsonSchema }
  const values = contentSchema === undefined ? [body] : body.split('\n').filter((line) => line !== '')
  const errors = values
    .map((text) => validate(document, contentSchema ?? described.schema, JSON.parse(text)))
    .find((found) => found !== undefined)
  return errors === undefined ? undefined : `${asked} does not fit the document: ${errors}`
}

/** The operation that the document has for a request; a path without parameters stands before one with them. */
function findOperation(document: OpenApiDocument, method: string, path: string): OperationObject | undefined {
  const [pathname = ''] = path.split('?')
  const templates = Object.keys(document.paths).filter((template) => matches(template, pathname))
  const [nearest] = templates.toSorted((one, other) => one.split('{').length - other.split('{').length)
  return nearest === undefined ? undefined : document.paths[nearest]?.[method.toLowerCase()]
}

function matches(template: string, pathname: string): boolean {
  const parts = template.split('/')
  const asked = pathname.split('/')
  return parts.length === asked.length && parts.every((part, index) => part.startsWith('{') || part === asked[index])
}

const ajvs = new Map<OpenApiDocument, Ajv2020>()
const validators = new Map<JsonSchema, ValidateFunction>()

/** What of the value does not fit the schema; a member that the schema does not have is one. */
export function validate(document: OpenApiDocument, schema: JsonSchema, value: unknown): string | undefined {
  const known = validators.get(schema)
  const validator = known ?? ajvOf(document).compile(refer(closed(schema)) as JsonSchema)
  validators.set(schema, validator)
  if (validator(value)) return undefined
  return validator.errors
    ?.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ')
}

function ajvOf(document: OpenApiDocument): Ajv2020 {
  const known = ajvs.get(document)
  if (known !== undefined) return known
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    formats: { 'date-time': isInstant, date: isDay },
  })
  for (const [name, component] of Object.entries(document.components.schemas)) {
    ajv.addSchema(refer(closed(component)) as JsonSchema, SCHEMA_ID + name)
  }
  ajvs.set(document, ajv)
  return ajv
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text))
}

/**
 * The schema with its objects closed: a reader passes over members that it does not know, a test must find them. Those
 * of an `allOf` describe a part of the object each.
 */
function closed(schema: JsonSchema): JsonSchema {
  const copied = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, keyword === 'allOf' ? value : closedWithin(value)]),
  )
  const open = schema['properties'] !== undefined && schema['additionalProperties'] === undefined
  return open ? { ...copied, additionalProperties: false } : copied
}

function closedWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => closedWithin(item))
  return typeof value === 'object' && value !== null ? closed(value as JsonSchema) : value
}

/** The same, referring to each component by an id, as ajv knows it. */
function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => refer(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string' ? member.replace(SCHEMAS, SCHEMA_ID) : refer(member),
    ]),
  )
}
