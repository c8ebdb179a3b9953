/** Who sends a request, as Cloudflare Access has established it. */
export type User = { email: string }

/**
 * The user whom Cloudflare Access vouches for; undefined if it vouches for nobody. No header and no cookie is asked:
 * whoever reaches the Worker by another way could set those.
 */
export async function findUser(access: CloudflareAccessContext | undefined): Promise<User | undefined> {
  const identity = await access?.getIdentity()
  return identity?.email === undefined || identity.email === '' ? undefined : { email: identity.email }
}
