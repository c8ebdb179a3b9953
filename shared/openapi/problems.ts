import * as z from 'zod'
import type { Body, Method, ResponseObject } from './document.ts'
import { type Component, SCHEMAS } from './schemas.ts'
import { describeProblem, type ProblemName, PROBLEMS } from '../edge/problem.ts'

/** Problem details (RFC 9457), with the members that this API adds. */
export const PROBLEM_SCHEMA: Component = {
  schema: z.looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  }),
  description: 'Problem details (RFC 9457). A kind of problem may add members of its own.',
  fields: {
    type: 'Which kind of problem it is; the address is that of a page which explains it.',
    title: 'The kind of problem in a few words, always the same for a type.',
    status: 'The HTTP status again.',
    detail: 'What went wrong this one time.',
    errors: 'Each refused field by its JSON Pointer, or each refused query parameter by its name after a slash.',
  },
}

const ANYWHERE = [
  'misdirected-request',
  'address-too-long',
  'invalid-query',
  'unexpected',
  'unavailable',
  'database-out-of-date',
] as const
const SIGNED_IN_ONLY = ['forbidden', 'access-not-configured', 'identity-unavailable', 'not-allowed'] as const
const WRITES = ['foreign-origin', 'unreadable-request', 'too-large', 'too-many-writes'] as const
const BODIES = {
  'application/json': ['invalid-json', 'unsupported-media-type', 'invalid-body'],
  'application/x-ndjson': ['unsupported-media-type'],
} as const satisfies Record<Body['mediaType'], readonly ProblemName[]>

type Asked = { method: Method; isPublic: boolean; body: Body['mediaType'] | undefined; own: readonly ProblemName[] }

/** The problems that such a request may be answered with, by status: its own, and those that any may meet. */
export function describeProblems({ method, isPublic, body, own }: Asked): Record<string, ResponseObject> {
  const names = new Set<ProblemName>([
    ...own,
    ...(body === undefined ? [] : BODIES[body]),
    ...(method === 'GET' ? [] : WRITES),
    ...(isPublic ? [] : SIGNED_IN_ONLY),
    ...ANYWHERE,
  ])
  const byStatus = Map.groupBy(names, (name) => PROBLEMS[name].status)
  const statuses = [...byStatus].sort(([one], [other]) => one - other)
  return Object.fromEntries(statuses.map(([status, alike]) => [String(status), describeAlike(alike)]))
}

function describeAlike(names: ProblemName[]): ResponseObject {
  const [first] = names
  if (first === undefined) throw new Error('Cannot describe a problem: no name is given')
  const types = names.map((name) => `/problems/${name}`)
  return {
    description: names.map((name) => `${PROBLEMS[name].title}.`).join(' '),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: `${SCHEMAS}Problem` }, { type: 'object', properties: { type: { enum: types } } }] },
        example: describeProblem(first, PROBLEMS[first].help),
      },
    },
  }
}
