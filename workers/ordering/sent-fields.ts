import { HTTPException } from 'hono/http-exception'
import type { SentFields } from './order-form.ts'

/** The fields of a form that was posted, in either of the encodings that browsers use; files are passed over. */
export async function readSentFields(request: Request): Promise<SentFields> {
  const type = request.headers.get('Content-Type') ?? ''
  // The platform's own parser throws for bytes that are no form, and reads the plain encoding as strictly.
  if (!/^multipart\/form-data/i.test(type)) return new Map(new URLSearchParams(await request.text()))
  const fields = await request.formData().catch((cause: unknown) => {
    throw new HTTPException(400, { message: 'The form cannot be read', cause })
  })
  return new Map([...fields].filter((field): field is [string, string] => typeof field[1] === 'string'))
}
