import { HTTPException } from 'hono/http-exception'

/** What a browser sent, by field name. */
export type SentFields = ReadonlyMap<string, string>

/** Longer than any field may be, so that one that is too long by a little comes back with the form. */
const MAX_FIELD_LENGTH = 20_000

/**
 * The fields of a form that was posted, in either of the encodings that browsers use; files are passed over. Throws, to
 * be answered 413, where one is longer than anybody types: what is looked for goes to the database, which would refuse it.
 */
export async function readSentFields(request: Request): Promise<SentFields> {
  const fields = await parseFields(request)
  const [name] = [...fields].find(([, text]) => text.length > MAX_FIELD_LENGTH) ?? []
  if (name === undefined) return fields
  throw new HTTPException(413, { message: `A field of the form has more than ${MAX_FIELD_LENGTH} characters` })
}

async function parseFields(request: Request): Promise<SentFields> {
  const type = request.headers.get('Content-Type') ?? ''
  // The platform's own parser throws for bytes that are no form, and reads the plain encoding as strictly.
  if (!/^multipart\/form-data/i.test(type)) return new Map(new URLSearchParams(await request.text()))
  const fields = await request.formData().catch((cause: unknown) => {
    throw new HTTPException(400, { message: 'The form cannot be read', cause })
  })
  return new Map([...fields].filter((field): field is [string, string] => typeof field[1] === 'string'))
}
