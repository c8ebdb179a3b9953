import type * as z from '../zod.ts'

/** What may go wrong, by the last part of its `type`: the status it is answered with and how people are told of it. */
export const PROBLEMS = {
  'invalid-json': { status: 400, title: 'The body is not JSON', help: 'Send one JSON document, encoded as UTF-8.' },
  'unreadable-request': {
    status: 400,
    title: 'The request cannot be read',
    help: 'The body is cut off, or is not in the format that its Content-Type names. Send it again, complete.',
  },
  'invalid-idempotency-key': {
    status: 400,
    title: 'The Idempotency-Key is not valid',
    help: 'A key is 1 to 255 printable ASCII characters. A random UUID is a good one.',
  },
  'invalid-query': {
    status: 400,
    title: 'A query parameter is not valid',
    help:
      'The member `errors` names each parameter that is wrong and says what is allowed; for an unknown one it lists ' +
      'the parameters there are. Send each at most once.',
  },
  'invalid-token': {
    status: 400,
    title: 'This is not a continuation token',
    help: 'Send the `next` of an earlier answer unchanged, or omit `after` to read from the start.',
  },
  forbidden: {
    status: 403,
    title: 'You are not signed in',
    help: 'Sign in through Cloudflare Access. If you are signed in there, this app is not behind it: ask your operator.',
  },
  'access-not-configured': {
    status: 403,
    title: 'Cloudflare Access is not set up',
    help:
      'Nobody can sign in until it is. Put a Cloudflare Access application in front of this Worker; where the ' +
      'platform gives the Worker no identity, set the vars ACCESS_TEAM_DOMAIN (such as team.cloudflareaccess.com) ' +
      'and ACCESS_AUD ' +
      '(the application’s audience tag). The var ROLES says who has which role.',
  },
  'identity-unavailable': {
    status: 403,
    title: 'Your identity cannot be verified at the moment',
    help: 'Cloudflare Access, or its keys, did not answer, so nobody can sign in. Try again in a minute.',
  },
  'not-allowed': {
    status: 403,
    title: 'Your roles do not allow this',
    help: 'The page /me shows your roles. Ask your operator who can do this instead, or who can give you the role.',
  },
  'not-own-draft': {
    status: 403,
    title: 'Clerks can delete only their own drafts',
    help: 'An order that somebody else entered, or that has been confirmed, can be deleted by an ordering manager.',
  },
  'four-eyes': {
    status: 403,
    title: 'Somebody else must decide this',
    help:
      'Above a certain amount, whoever confirmed the order or changed it last may not approve its invoice, and ' +
      'neither they nor whoever approved it may credit it.',
  },
  'foreign-origin': {
    status: 403,
    title: 'The request comes from another site',
    help: 'A write is accepted only from the app’s own pages, or from a program that sends JSON and no Origin.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    help: 'Check the number in the address, or find it in the list.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not support that method',
    help: 'The header Allow lists the methods it supports.',
  },
  conflict: {
    status: 409,
    title: 'The request conflicts with the current state',
    help: 'The detail gives the reason. Nothing was changed.',
  },
  'external-id-taken': {
    status: 409,
    title: 'Another order has this external ID',
    help: 'An external ID belongs to one order, even after that order is deleted. Amend that order, or use another ID.',
  },
  'customer-erased': {
    status: 409,
    title: 'This customer was erased',
    help:
      'Their data was erased, and nothing is stored under their ID again. Leave them out of imports; if they order ' +
      'again, use a new ID.',
  },
  'already-decided': {
    status: 409,
    title: 'The invoice is not waiting for a decision',
    help: 'It has been approved, rejected or cancelled in the meantime. Read it again to see by whom.',
  },
  'changed-here': {
    status: 409,
    title: 'The order was amended or deleted here',
    help: 'An import does not overwrite changes that people made since. Amend the order here, or leave the line out.',
  },
  deleted: {
    status: 410,
    title: 'The order was deleted',
    help: 'A deleted order remains on record under its number, but is no longer shown and cannot be changed.',
  },
  restored: {
    status: 410,
    title: 'The token is of another epoch of the feed',
    help:
      'The ordering database was restored from a backup. Read the feed again from its start, under the epoch that ' +
      'the answer ' +
      'names, and store that epoch with each order that comes, changed or not. Once `more` is false, copies that are ' +
      'still ' +
      'under an older epoch were lost in the restore: ordering no longer has them. Mark them and stop acting on ' +
      'them; an order that is restored comes through the feed again.',
  },
  unsettled: {
    status: 409,
    title: 'Too many orders are changing to compare',
    help: 'A comparison leaves out what is changing. Try again once the import or the pull has ended.',
  },
  stale: {
    status: 412,
    title: 'It has changed since you read it',
    help: 'Nothing was changed. Read it again, review what changed, and send the request with the new ETag in If-Match.',
  },
  'address-too-long': {
    status: 414,
    title: 'The address is too long',
    help: 'An address has at most 8,000 characters, including its query. Shorten the search, or send several requests.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    help: 'A body may have at most 10 MB, an import at most 1,000 lines. Send it in parts.',
  },
  'misdirected-request': {
    status: 421,
    title: 'This app is not at that address',
    help:
      'The app answers only at its own address, which the var ORIGIN names, so that a page at another name that ' +
      'leads to this machine cannot read or write on your behalf. Use the address in the detail, or have the ' +
      'operator set ORIGIN.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body’s Content-Type is not accepted here',
    help: 'Send application/json; for an import, application/x-ndjson.',
  },
  'invalid-body': {
    status: 422,
    title: 'The body is not valid',
    help: 'The member `errors` names each field that is wrong, missing or unknown by its JSON Pointer.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used with another body',
    help: 'A key identifies one request for 24 hours. Choose a new key for a new request.',
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is required',
    help: 'Send the ETag that you read in If-Match, so that nobody’s change is overwritten unnoticed.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests to the feed',
    help:
      'Wait as long as Retry-After says, then ask again with the same token: nothing in the feed is lost in the ' +
      'meantime.',
  },
  'too-many-writes': {
    status: 429,
    title: 'Too many changes within a minute',
    help:
      'Wait a minute, or as long as Retry-After says, then send it again. To add many records, use an import: ' +
      'imports are not limited.',
  },
  unexpected: {
    status: 500,
    title: 'Something went wrong',
    help: 'It is logged under the request ID. Try again; if it persists, give the operator that ID.',
  },
  'database-out-of-date': {
    status: 503,
    title: 'The database is older than the app',
    help:
      'It was restored to a time before its last migration, or the app was deployed without that migration. Nothing ' +
      'is lost. The app works again once an operator has applied the migrations that the detail names.',
  },
  unavailable: {
    status: 503,
    title: 'A service that this requires is unavailable at the moment',
    help:
      'The app’s own database, or the other app where it has to be asked, does not answer: the detail says which. ' +
      'Everything stored earlier is safe. Try again in a few seconds.',
  },
} as const

export type ProblemName = keyof typeof PROBLEMS
/** A field that was refused: where it stands in the body, or the query parameter's name after a slash, and why. */
export type FieldError = { pointer: string; detail: string }
/** Problem details (RFC 9457), with the members that this kind of problem adds. */
export type ProblemDetails = {
  type: string
  title: string
  status: number
  detail: string
  errors?: FieldError[]
  [member: string]: unknown
}

/** The problem's details. `detail` tells of this one occurrence: the act and the value. */
export function describeProblem(
  name: ProblemName,
  detail: string,
  members: Record<string, unknown> = {},
): ProblemDetails {
  const { status, title } = PROBLEMS[name]
  return { type: `/problems/${name}`, title, status, detail, ...members }
}

/** The problem as an answer: application/problem+json, never stored. */
export function problemResponse(
  name: ProblemName,
  detail: string,
  members: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  return answerProblem(describeProblem(name, detail, members), headers)
}

/** The details as an answer: application/problem+json, never stored. */
export function answerProblem(problem: ProblemDetails, headers: Record<string, string> = {}): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
  })
}

/** Whether there is a page of that name under /problems/. */
export function isProblemName(name: string): name is ProblemName {
  return Object.hasOwn(PROBLEMS, name)
}

/** As many refused fields are named, so that an answer stays smaller than the body that it refuses. */
const MAX_FIELD_ERRORS = 100

/** What zod found, by JSON Pointer (RFC 6901); an unknown field is named itself. The first 100 of them. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const errors = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(issue.path), detail: issue.message }]
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'Unknown field' }))
  })
  return errors.slice(0, MAX_FIELD_ERRORS)
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => '/' + String(key).replaceAll('~', '~0').replaceAll('/', '~1')).join('')
}
