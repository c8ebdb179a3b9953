import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import * as z from '../zod.ts'
import { isActor } from '../contract/order.ts'
import { err, ok, type Result } from '../result.ts'
import type { Group, Principal } from './roles.ts'

/** The header in which Access sends its token with each request. */
export const TOKEN_HEADER = 'Cf-Access-Jwt-Assertion'

/** Who issues the tokens (`team.cloudflareaccess.com`) and for which application (its AUD tag). */
export type TokenSettings = { teamDomain: string; audience: string }

/** Why a token was not believed, for the log. `keys_unavailable`: it could not be judged, and may be good. */
export type TokenRefusal = { reason: 'invalid_token'; detail: string } | { reason: 'keys_unavailable'; detail: string }

/** Access signs with RS256 alone; naming it keeps `none` and signatures by a shared secret out. */
const ALGORITHMS = ['RS256']
const CLOCK_TOLERANCE_SECONDS = 10

/** What is read of a token; `common_name` is the client id of a service token. */
const claims = z.lazy(() =>
  z.object({
    email: z.optional(z.unknown()),
    common_name: z.optional(z.string()),
    groups: z.optional(z.unknown()),
    custom: z.fallback(z.optional(z.object({ groups: z.optional(z.unknown()) })), undefined),
  }),
)

// By team: an isolate keeps the keys for ten minutes and asks again for one that it does not know, twice a minute at most.
const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>()

/** Whom the token names, once its signature, issuer, audience and times have been verified. */
export async function verifyAccessToken(
  token: string,
  { teamDomain, audience }: TokenSettings,
): Promise<Result<Principal, TokenRefusal>> {
  const issuer = `https://${teamDomain}`
  try {
    const { payload } = await jwtVerify(token, keysOf(issuer), {
      algorithms: ALGORITHMS,
      audience,
      issuer,
      requiredClaims: ['exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    })
    return principalOf(payload)
  } catch (error) {
    return err(refusalOf(error))
  }
}

function keysOf(issuer: string): ReturnType<typeof createRemoteJWKSet> {
  const known = keySets.get(issuer)
  if (known !== undefined) return known
  const keys = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', issuer))
  keySets.set(issuer, keys)
  return keys
}

function principalOf(payload: JWTPayload): Result<Principal, TokenRefusal> {
  const parsed = claims.safeParse(payload)
  const { email, common_name: clientId, groups, custom } = parsed.data ?? {}
  if (email !== undefined) {
    if (!isEmailAddress(email)) return err({ reason: 'invalid_token', detail: 'Its email is not an address' })
    return ok({ kind: 'person', email, groups: [...readGroups(groups), ...readGroups(custom?.groups)] })
  }
  if (clientId !== undefined && isActor(clientId)) return ok({ kind: 'token', clientId })
  return err({ reason: 'invalid_token', detail: 'It names neither a person nor a service token' })
}

const group = z.lazy(() => {
  const named = z.fallback(z.optional(z.string().check(z.minLength(1))), undefined)
  return z.object({ id: named, name: named })
})

/**
 * Groups as identity providers send them: objects with an id and a name, or texts, which are taken for names, since
 * nothing says that they are ids. What is neither is passed over.
 */
export function readGroups(value: unknown): Group[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown): Group[] => {
    if (typeof entry === 'string') return entry === '' ? [] : [{ id: undefined, name: entry }]
    const { id, name } = group.safeParse(entry).data ?? {}
    return id === undefined && name === undefined ? [] : [{ id, name }]
  })
}

const ADDRESS = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u

/** Whether a text names a person: an email address, whole and alone. Anything else is nobody's. */
export function isEmailAddress(text: unknown): text is string {
  return typeof text === 'string' && ADDRESS.test(text) && isActor(text)
}

/** What jose throws when the team's keys do not come: its general error is for an answer that is no key set. */
const KEY_ERRORS = new Set([errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code])

/** jose throws its own errors for what is wrong with a token; whatever else is thrown is about fetching the keys. */
function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JOSEError && !KEY_ERRORS.has(error.code)) {
    // Not its message, which may quote the token. The claim is one of those that are asked for above.
    const claim = error instanceof errors.JWTClaimValidationFailed ? ` ${error.claim}` : ''
    return { reason: 'invalid_token', detail: error.code + claim }
  }
  return { reason: 'keys_unavailable', detail: error instanceof Error ? error.message : String(error) }
}
