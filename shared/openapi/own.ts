import * as z from 'zod'
import type { Operation } from './operation.ts'

const document = z
  .looseObject({
    openapi: z.string().describe('The release of OpenAPI.'),
    info: z.unknown().describe('What this is.'),
    paths: z.unknown().describe('What can be asked.'),
    components: z.unknown().describe('Of what the requests and answers are made.'),
  })
  .meta({ id: 'Document', description: 'A document of OpenAPI 3.1.' })

/** What an API says of itself, as operations of its own. */
export const OWN_OPERATIONS = {
  readDocument: {
    route: 'GET /api/openapi.json',
    tag: 'Document',
    summary: 'Read this document',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: document } },
    problems: [],
  },
  readDocumentation: {
    route: 'GET /api',
    tag: 'Document',
    summary: 'Read this document as a page',
    answers: { 200: { description: 'The same, for people.', mediaType: 'text/html' } },
    problems: [],
  },
} as const satisfies Record<string, Operation>

export const OWN_TAG = { Document: 'What this API says of itself.' }
