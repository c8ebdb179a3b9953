import * as z from 'zod'

/** JSON Schema, draft 2020-12: as much of it as is looked into here. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A schema under a name of its own. `sent`: it is of what is sent in, where defaults may be left out. */
export type Component = {
  schema: z.core.$ZodType
  description: string
  /** What each of its members means. */
  fields: Readonly<Record<string, string>>
  sent?: true
}

/** Where the document keeps its schemas. */
export const SCHEMAS = '#/components/schemas/'

/** The schemas of all components, by name; each refers to the others by theirs. */
export function describeComponents(components: Record<string, Component>): Record<string, JsonSchema> {
  const entries = Object.entries(components)
  const sent = convert(entries.filter(([, component]) => component.sent === true))
  const answered = convert(entries.filter(([, component]) => component.sent !== true))
  return Object.fromEntries(
    entries.map(([name, component]) => [name, explain(sent[name] ?? answered[name] ?? {}, component)]),
  )
}

function convert(components: readonly [string, Component][]): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, { schema }] of components) registry.add(schema, { id })
  const isSent = components.some(([, component]) => component.sent === true)
  const { schemas } = z.toJSONSchema(registry, {
    io: isSent ? 'input' : 'output',
    uri: (id) => SCHEMAS + id,
    override: isSent ? tidy : loosen,
  })
  return schemas
}

/** The schema of a value that stands by itself. */
export function describeSchema(schema: z.core.$ZodType): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', override: tidy })
  return described
}

type Converted = { jsonSchema: z.core.JSONSchema.BaseSchema }

/** Leaves out what zod adds and nobody asked for. */
function tidy({ jsonSchema }: Converted): void {
  // The calendar, leap years included, in a pattern of 400 characters.
  if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern
  // The bounds of what a program carries exactly.
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
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
function loosen({ jsonSchema }: Converted): void {
  tidy({ jsonSchema })
  for (const bound of BOUNDS) delete jsonSchema[bound]
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

function explain(schema: JsonSchema, { description, fields }: Component): JsonSchema {
  const { $schema: _, $id: __, properties, ...rest } = schema
  const explained = Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, property]): [string, JsonSchema] => {
      const meaning = fields[name]
      return [name, meaning === undefined ? property : { ...property, description: meaning }]
    },
  )
  return {
    description,
    ...rest,
    ...(explained.length === 0 ? {} : { properties: Object.fromEntries(explained) }),
  }
}
