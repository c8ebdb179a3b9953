import * as z from 'zod'
import type { Operation } from './document.ts'
import type { Component } from './schemas.ts'

const document = z.looseObject({ openapi: z.string(), info: z.unknown(), paths: z.unknown(), components: z.unknown() })

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

export const OWN_COMPONENTS = {
  Document: {
    schema: document,
    description: 'A document of OpenAPI 3.1.',
    fields: {
      openapi: 'The release of OpenAPI.',
      info: 'What this is.',
      paths: 'What can be asked.',
      components: 'Of what the requests and answers are made.',
    },
  },
} satisfies Record<string, Component>
