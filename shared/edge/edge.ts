import type { Context, MiddlewareHandler } from 'hono'
import { Hono } from './hono.ts'
import { HTTPException } from 'hono/http-exception'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { MAX_BODY_BYTES, readWithin } from './body.ts'
import type { Rules } from '../access/rules.ts'
import { isStorageFailure, noCost } from '../db/d1.ts'
import type { EdgeEnv } from './context.ts'
import { type AccessSettings, guard, type RefusedEntry } from './guard.ts'
import { protectAnswers } from './headers.ts'
import type { User } from '../access/identity.ts'
import { createLog, describeError } from './log.ts'
import { isFromHere } from '../access/origin.ts'
import { type ProblemName, PROBLEMS, problemResponse } from './problem.ts'
import { describeQueryErrors, findQueryErrors, type QueryParameters } from './query-parameters.ts'
import { cutForLog, logRefusingAnswer } from './refusal.ts'
import { mayWrite, readSentForm, type SentForm, WRITE_PERIOD_SECONDS, type WriteLimit } from './write-limit.ts'

export type { EdgeEnv } from './context.ts'
export type { User } from '../access/identity.ts'

/** What a page that tells of a problem is made from; `user` is null where nobody is signed in. */
export type ShownProblem = {
  name: ProblemName
  detail: string
  requestId: string
  user: User | null
  /** What was sent and not done, to be sent again. */
  again: SentForm | undefined
}

export type EdgeOptions<E extends EdgeEnv> = {
  /** What is behind the edge. */
  routes: Hono<E>
  /** Where the app is, as the var ORIGIN says: a request for another host was led here, and not by its sender. */
  origin: string
  /** The least level that is logged. */
  logLevel: string
  /** Origins beside the app's own to which a form's answer may lead: CSP checks a form's redirects as well. */
  formOrigins: readonly string[]
  /** How it is known who sends a request, and what they may do. */
  access: AccessSettings
  /** Who may use which route; one without a rule is refused. */
  rules: Rules
  /** How often somebody may write. */
  writes: WriteLimit
  /** What the address of which route may ask for. */
  queryParameters: QueryParameters
  /** Why an error came, if it came because the app's database is older than its code. */
  explainMismatch: (error: Error, bindings: { DB: D1Database }) => Promise<string | undefined>
  /** The page that tells people of a problem. Programs get problem details. */
  renderProblem: (problem: ShownProblem) => string | Promise<string>
}

const RETRY_AFTER_SECONDS = '5'
/** A person has to act first. */
const MIGRATED_AFTER_SECONDS = '60'
const HEALTH_PATH = '/health'
const MAX_ADDRESS_LENGTH = 8_000
/** No header's name: a request's id stands in the log and the audit, so its sender may not choose it. */
const SENT_BY_NOBODY = ''

/**
 * The app with what stands in front of every route, in this order: a request id, the log, security headers, whom it is
 * for, who it is and what they may do, where it comes from, what it asks for, how large it is, how often somebody writes.
 * Whatever no route answers, and whatever is thrown, is answered here.
 */
export function edge<E extends EdgeEnv>(options: EdgeOptions<E>): Hono<EdgeEnv> {
  const answer = answerProblems(options)
  const app = new Hono<EdgeEnv>()
  const { host } = new URL(options.origin)
  return app
    .use(requestId({ headerName: SENT_BY_NOBODY }))
    .use(logRequests(options.logLevel))
    .use(protectAnswers(options.formOrigins))
    .use(async (c, next) => {
      const asked = new URL(c.req.url).host
      if (asked === host) return next()
      c.set('refusal', { reason: 'misdirected', host: cutForLog(asked) })
      return answer(c, 'misdirected-request', `This app is at ${options.origin}, not at ${asked}`)
    })
    .use(
      guard(options.access, options.rules, (c, refused) => {
        c.set('refusal', refused)
        return answer(c, ...wordsFor(refused))
      }),
    )
    .use(async (c, next) => {
      const { length } = c.req.url
      if (length <= MAX_ADDRESS_LENGTH) return next()
      return answer(
        c,
        'address-too-long',
        `The address has ${length} characters; at most ${MAX_ADDRESS_LENGTH} are allowed`,
      )
    })
    .use(async (c, next) => {
      if (isFromHere(c.req.raw, options.origin)) return next()
      const sender = c.req.header('Origin') ?? 'not named'
      c.set('refusal', { reason: 'foreign_origin', sender: cutForLog(sender) })
      return answer(c, 'foreign-origin', `The origin is ${sender}, and this app is ${options.origin}`)
    })
    .use(async (c, next) => {
      const errors = findQueryErrors(c, options.queryParameters)
      return errors.length === 0
        ? next()
        : answer(c, 'invalid-query', describeQueryErrors(errors), { members: { errors } })
    })
    .use(async (c, next) => {
      const body = await readWithin(c.req.raw, MAX_BODY_BYTES)
      if (body === undefined) return answer(c, 'too-large', `The body has more than ${MAX_BODY_BYTES} bytes`)
      if (body !== null) c.req.raw = new Request(c.req.raw, { method: c.req.method, body })
      return next()
    })
    .use(async (c, next) => {
      if (await mayWrite(c, options.writes)) return next()
      c.set('refusal', { reason: 'wrote_too_often' })
      return answer(
        c,
        'too-many-writes',
        `${c.var.user.email} sent more changes within a minute than one person makes`,
        {
          headers: { 'Retry-After': WRITE_PERIOD_SECONDS },
          again: await readSentForm(c.req.raw),
        },
      )
    })
    .use(
      methodNotAllowed({ app, onMethodNotAllowed: (c: Context<EdgeEnv>, methods) => refuseMethod(answer, c, methods) }),
    )
    .route('/', options.routes)
    .notFound((c) => answer(c, 'not-found', `There is nothing at ${c.req.path}`))
    .onError(async (error, c) => {
      if (error instanceof HTTPException && error.status < 500) {
        return answer(c, error.status === 413 ? 'too-large' : 'unreadable-request', error.message)
      }
      c.var.log.error('request.failed', { method: c.req.method, path: c.req.path, ...describeError(error) })
      const outOfDate = await options.explainMismatch(error, c.env as { DB: D1Database })
      if (outOfDate !== undefined) {
        return answer(c, 'database-out-of-date', outOfDate, { headers: { 'Retry-After': MIGRATED_AFTER_SECONDS } })
      }
      if (!isPassing(error)) return answer(c, 'unexpected', `It is logged under the request id ${c.var.requestId}`)
      return answer(c, 'unavailable', 'The database did not complete the request', {
        headers: { 'Retry-After': RETRY_AFTER_SECONDS },
      })
    })
}

function wordsFor(refused: RefusedEntry): [name: ProblemName, detail: string] {
  switch (refused.reason) {
    case 'not_configured':
      return ['access-not-configured', 'The platform gives this Worker no Access identity, and a var is empty']
    case 'roles_unreadable':
      return ['access-not-configured', `The var ROLES cannot be read: ${refused.detail}`]
    case 'nobody':
      return ['forbidden', 'Cloudflare Access vouches for nobody in this request']
    case 'invalid_token':
      return ['forbidden', 'The sign-in sent with this request is not valid here or has expired: sign in again']
    case 'keys_unavailable':
      return ['identity-unavailable', 'Cloudflare Access, or its keys, did not answer; the log says why']
    case 'role_missing':
      return ['not-allowed', `This requires one of the roles: ${refused.roles.join(', ')}`]
    case 'no_rule':
      return ['not-allowed', `No rule says who may use ${refused.route}, so nobody may`]
  }
}

type ProblemAnswer = (
  c: Context<EdgeEnv>,
  name: ProblemName,
  detail: string,
  more?: { headers?: Record<string, string>; members?: Record<string, unknown>; again?: SentForm | undefined },
) => Response | Promise<Response>

function answerProblems<E extends EdgeEnv>({ renderProblem }: EdgeOptions<E>): ProblemAnswer {
  return (c, name, detail, { headers = {}, members = {}, again } = {}) => {
    if (wantsJson(c.req.raw)) return problemResponse(name, detail, members, headers)
    // Nobody may be known yet, which the type of the variables cannot tell.
    const user = (c.get('user') as User | undefined) ?? null
    return c.html(
      renderProblem({ name, detail, requestId: c.var.requestId, user, again }),
      PROBLEMS[name].status,
      headers,
    )
  }
}

function wantsJson(request: Request): boolean {
  const { pathname } = new URL(request.url)
  if (pathname === HEALTH_PATH || pathname === '/api' || pathname.startsWith('/api/')) return true
  const accept = request.headers.get('Accept') ?? ''
  return /\bapplication\/(?:problem\+)?json\b/i.test(accept) && !/\btext\/html\b/i.test(accept)
}

function logRequests(level: string): MiddlewareHandler<EdgeEnv> {
  return async (c, next) => {
    const begun = Date.now()
    c.set('now', new Date(begun).toISOString())
    c.set('cost', noCost())
    c.set('log', createLog(level, { requestId: c.var.requestId }))
    await next()
    logRefusingAnswer(c)
    const { method, path } = c.req
    c.var.log.debug('request', { method, path, status: c.res.status, d1: c.var.cost, durationMs: Date.now() - begun })
  }
}

function refuseMethod(answer: ProblemAnswer, c: Context<EdgeEnv>, methods: string[]): Response | Promise<Response> {
  const allow = methods.join(', ')
  return answer(c, 'method-not-allowed', `This address supports ${allow}, not ${c.req.method}`, {
    headers: { Allow: allow },
  })
}

/** Whether the same request may succeed a little later: the database or a Durable Object did not answer. */
export function isPassing(error: Error): boolean {
  if (isStorageFailure(error)) return true
  return ('retryable' in error && error.retryable === true) || ('overloaded' in error && error.overloaded === true)
}
