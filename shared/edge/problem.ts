import type * as z from '../zod.ts'

/** What may go wrong, by the last part of its `type`: the status it is answered with and how people are told of it. */
export const PROBLEMS = {
  'invalid-json': { status: 400, title: 'The body is not JSON', help: 'Send one JSON document, encoded as UTF-8.' },
  'unreadable-request': {
    status: 400,
    title: 'The request cannot be read',
    help: 'What was sent is cut off or is not of the form that its Content-Type says. Send it again, whole.',
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
      'The member `errors` names each parameter that is wrong and says what it may be, and of one that is unknown which ' +
      'there are. Each is given once at most.',
  },
  'invalid-token': {
    status: 400,
    title: 'That is not a continuation token',
    help: 'Send the `next` of an earlier page as it came, or leave `after` out to read from the start.',
  },
  forbidden: {
    status: 403,
    title: 'You are not signed in',
    help: 'Sign in through Cloudflare Access. If you are signed in there, this app is not behind it: ask its operator.',
  },
  'access-not-configured': {
    status: 403,
    title: 'Cloudflare Access is not set up',
    help:
      'Nobody is let in until it is. Put a Cloudflare Access application in front of this Worker; where the platform ' +
      'hands the Worker no identity, set the vars ACCESS_TEAM_DOMAIN (such as team.cloudflareaccess.com) and ACCESS_AUD ' +
      '(the application’s audience tag). The var ROLES says who has which role.',
  },
  'identity-unavailable': {
    status: 403,
    title: 'Who you are cannot be verified for the moment',
    help: 'Cloudflare Access, or its keys, did not answer, so nobody is let in. Try again in a minute.',
  },
  'not-allowed': {
    status: 403,
    title: 'Your roles do not allow this',
    help: 'The page /me shows your roles. Who should do this instead, or give you the role, is your operator’s to say.',
  },
  'not-own-draft': {
    status: 403,
    title: 'A clerk deletes only their own drafts',
    help: 'An order that somebody else entered, or that was confirmed, is deleted by an ordering manager.',
  },
  'four-eyes': {
    status: 403,
    title: 'Somebody else must decide this',
    help:
      'Above an amount, whoever confirmed the order or changed it last may not approve its invoice, and neither they nor ' +
      'who approved it may credit it.',
  },
  'foreign-origin': {
    status: 403,
    title: 'The request comes from another site',
    help: 'A write is accepted from the app’s own pages, or from a program that sends JSON and no Origin.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    help: 'Check the number in the address, or find it in the list.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not answer that method',
    help: 'The header Allow names the methods that it answers.',
  },
  conflict: {
    status: 409,
    title: 'The request conflicts with what is there',
    help: 'The detail says what stands in the way. Nothing was changed.',
  },
  'external-id-taken': {
    status: 409,
    title: 'Another order has this external id',
    help: 'An external id belongs to one order, even after that order was deleted. Amend that order, or use another id.',
  },
  'customer-erased': {
    status: 409,
    title: 'This customer was erased',
    help:
      'Their data was erased, and nothing is stored under their id again. Leave them out of what you import; where the ' +
      'person orders again, give them a new id.',
  },
  'already-decided': {
    status: 409,
    title: 'The invoice does not wait for a decision',
    help: 'It was approved, rejected or cancelled meanwhile. Read it again to see by whom.',
  },
  'changed-here': {
    status: 409,
    title: 'The order was amended or deleted here',
    help: 'An import does not overwrite what people changed after it. Amend the order here, or leave the line out.',
  },
  deleted: {
    status: 410,
    title: 'The order was deleted',
    help: 'A deleted order stays on record, with its number, but it is not shown and cannot be changed.',
  },
  restored: {
    status: 410,
    title: 'The token is of another history of the feed',
    help:
      'The ordering database was restored from a backup. Read the feed again from its start, under the epoch that the answer ' +
      'names, and store that epoch with each order that comes, changed or not. Once more is false, copies that are still ' +
      'under an older epoch were lost in the restore: ordering no longer has them. Mark them and act on them no longer; an ' +
      'order that is restored comes by the feed again.',
  },
  unsettled: {
    status: 409,
    title: 'Too many orders are changing to compare',
    help: 'A comparison leaves out what changes meanwhile. Try again when the import or the pull has ended.',
  },
  stale: {
    status: 412,
    title: 'It has changed since you read it',
    help: 'Read it again, look at what changed, and send the request with the new ETag in If-Match. Nothing was changed.',
  },
  'address-too-long': {
    status: 414,
    title: 'The address is too long',
    help: 'An address has at most 8,000 characters, its query included. Search for less, or ask in several requests.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    help: 'A body has at most 10 MB, an import at most 1,000 lines. Send it in parts.',
  },
  'misdirected-request': {
    status: 421,
    title: 'This app is not at that address',
    help:
      'The app answers at its own address alone, which the var ORIGIN names: a page of another name that leads to this ' +
      'machine must not read or write in your name. Use the address in the detail, or have the operator set ORIGIN.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body’s Content-Type is not accepted here',
    help: 'Send application/json; for an import, application/x-ndjson.',
  },
  'invalid-body': {
    status: 422,
    title: 'The body does not fit',
    help: 'The member `errors` names each field that is wrong, missing or unknown by its JSON Pointer.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used with another body',
    help: 'A key stands for one request for 24 hours. Choose a new key for a new request.',
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is required',
    help: 'Send the ETag that you read in If-Match, so that nobody’s change is overwritten unseen.',
  },
  'too-many-requests': {
    status: 429,
    title: 'The feed was asked too often',
    help: 'Wait as long as Retry-After says, then ask again with the same token: nothing of the feed is lost meanwhile.',
  },
  'too-many-writes': {
    status: 429,
    title: 'Too many changes within a minute',
    help:
      'Wait a minute, or as long as Retry-After says, then send it again. To bring in many records, use an import: it is ' +
      'not limited.',
  },
  unexpected: {
    status: 500,
    title: 'Something went wrong here',
    help: 'It is logged under the request ID. Try again; if it persists, give the operator that ID.',
  },
  'database-out-of-date': {
    status: 503,
    title: 'The database is older than the app',
    help:
      'It was restored to a moment before its last migration, or the app was deployed without that. Nothing is lost: what ' +
      'was stored stays stored. The app works again once an operator has applied the migrations that the detail names.',
  },
  unavailable: {
    status: 503,
    title: 'What this needs is unavailable for the moment',
    help:
      'The app’s own database does not answer, or the other app does not, where it has to be asked: the detail says which. ' +
      'What was stored before stays stored. Try again in a few seconds.',
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
