import * as z from 'zod'
import type { Body, Method } from './operation.ts'
import { describeProblem, type ProblemName, PROBLEMS } from '../edge/problem.ts'

/** Problem details (RFC 9457), with the members that this API adds. */
export const problemDetails = z
  .looseObject({
    type: z.string().describe('Which kind of problem it is; the address is that of a page which explains it.'),
    title: z.string().describe('The kind of problem in a few words, always the same for a type.'),
    status: z.int().min(400).max(599).describe('The HTTP status again.'),
    detail: z.string().describe('What went wrong this one time.'),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .exactOptional()
      .describe('Each refused field by its JSON Pointer, or each refused query parameter by its name after a slash.'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457). A kind of problem may add members of its own.' })

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
export function describeProblems({ method, isPublic, body, own }: Asked) {
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

function describeAlike(names: ProblemName[]) {
  const [first] = names
  if (first === undefined) throw new Error('Cannot describe a problem: no name is given')
  const types = z.object({ type: z.enum(names.map((name) => `/problems/${name}`)) })
  return {
    description: names.map((name) => `${PROBLEMS[name].title}.`).join(' '),
    content: {
      'application/problem+json': {
        schema: z.intersection(problemDetails, types),
        example: describeProblem(first, PROBLEMS[first].help),
      },
    },
  }
}
