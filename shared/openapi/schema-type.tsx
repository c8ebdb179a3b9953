import { type JsonSchema, SCHEMAS } from './format.ts'

type Known = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  items?: JsonSchema
  format?: string
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  maxLength?: number
  default?: unknown
  contentSchema?: JsonSchema
}

/** What a value may be, in a few words; a schema with a name of its own is a link to it. */
export function SchemaType({ schema }: { schema: JsonSchema }) {
  const known: Known = schema
  const ref = known.$ref
  if (ref !== undefined) return <a href={`#${nameOf(ref)}`}>{nameOf(ref)}</a>
  const choices = known.anyOf ?? known.oneOf
  if (choices !== undefined) {
    return (
      <>
        {choices.map((choice, index) => (
          <>
            {index > 0 && ' or '}
            <SchemaType schema={choice} />
          </>
        ))}
      </>
    )
  }
  if (known.contentSchema !== undefined) {
    return (
      <>
        <SchemaType schema={known.contentSchema} />, one a line
      </>
    )
  }
  if (known.items !== undefined) {
    return (
      <>
        array of <SchemaType schema={known.items} />
        {spellBounds(known)}
      </>
    )
  }
  return <>{describeValue(known) + spellBounds(known)}</>
}

function describeValue({ const: fixed, enum: values, format, type }: Known): string {
  if (fixed !== undefined) return JSON.stringify(fixed)
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(', ')
  if (Array.isArray(type)) return type.join(' or ')
  return format ?? type ?? 'anything'
}

function spellBounds(schema: Known): string {
  const { minimum, exclusiveMinimum, maximum, minItems, maxItems, maxLength, default: fallback } = schema
  return [
    minimum !== undefined && `from ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && `to ${maximum}`,
    minItems !== undefined && `${minItems} at least`,
    maxItems !== undefined && `${maxItems} at most`,
    maxLength !== undefined && `${maxLength} characters at most`,
    fallback !== undefined && `else ${JSON.stringify(fallback)}`,
  ]
    .filter((bound) => bound !== false)
    .map((bound) => `, ${bound}`)
    .join('')
}

function nameOf(ref: string): string {
  return ref.slice(SCHEMAS.length)
}
