import { isActor } from '../contract/order.ts'
import {
  isEmailAddress,
  readGroups,
  TOKEN_HEADER,
  type TokenRefusal,
  type TokenSettings,
  verifyAccessToken,
} from './token.ts'
import { err, ok, type Result } from '../result.ts'
import type { Principal, Role } from './roles.ts'

/** Who sends a request: the email of a person, or the client id of a service token, and what they may do here. */
export type User = { email: string; roles: readonly Role[] }

/** Why nobody is known. `not_configured`: neither the platform nor the vars tell this Worker of Cloudflare Access. */
export type IdentityRefusal = { reason: 'not_configured' } | { reason: 'nobody' } | TokenRefusal

/**
 * Whom Cloudflare Access vouches for: by the platform's own `ctx.access`, or else by its token, verified with the team's
 * keys. No other header and no cookie is asked: whoever reaches the Worker by another way could set those.
 * @param settings empty texts where the vars are not set; a set audience is held against `ctx.access` as well
 */
export async function findPrincipal(
  access: CloudflareAccessContext | undefined,
  request: Request,
  settings: TokenSettings,
): Promise<Result<Principal, IdentityRefusal>> {
  const canVerify = settings.teamDomain !== '' && settings.audience !== ''
  if (access === undefined && !canVerify) return err({ reason: 'not_configured' })
  if (access !== undefined && settings.audience !== '' && access.aud !== settings.audience) {
    return err({ reason: 'invalid_token', detail: 'Access vouches for another application' })
  }
  const vouched = access === undefined ? ok(undefined) : await askAccess(access)
  if (!vouched.ok) return vouched
  if (vouched.value !== undefined) return ok(vouched.value)
  const token = request.headers.get(TOKEN_HEADER)
  return token === null || !canVerify ? err({ reason: 'nobody' }) : verifyAccessToken(token, settings)
}

async function askAccess(access: CloudflareAccessContext): Promise<Result<Principal | undefined, IdentityRefusal>> {
  try {
    return ok(principalOf(await access.getIdentity()))
  } catch (error) {
    const detail = `Access did not say who it is: ${error instanceof Error ? error.message : String(error)}`
    return err({ reason: 'keys_unavailable', detail })
  }
}

function principalOf(identity: CloudflareAccessIdentity | undefined): Principal | undefined {
  const { email, groups, service_token_status: isToken, service_token_id: clientId } = identity ?? {}
  if (isEmailAddress(email)) return { kind: 'person', email, groups: readGroups(groups) }
  if (isToken === true && typeof clientId === 'string' && isActor(clientId)) return { kind: 'token', clientId }
  return undefined
}
