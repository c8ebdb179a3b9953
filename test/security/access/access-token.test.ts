import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { verifyAccessToken } from '../../../shared/access/token.ts'

const AUDIENCE = 'a'.repeat(64)
const KEY_ID = 'key-1'
const PERSON = { email: 'ana@example.com', type: 'app', sub: 'some-id' }

let keys: Awaited<ReturnType<typeof generateKeyPair>>
let jwks: unknown
beforeAll(async () => {
  keys = await generateKeyPair('RS256')
  jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' }] }
})
afterEach(() => vi.unstubAllGlobals())

/** A team of its own for each test, since an isolate keeps a team's keys. */
let teams = 0
function aTeam(answer: () => Response = () => Response.json(jwks)): string {
  const asked = vi.fn<(url: string) => Promise<Response>>((_url) => Promise.resolve().then(answer))
  vi.stubGlobal('fetch', asked)
  teams += 1
  return `team-${teams}.cloudflareaccess.com`
}

type Claims = { [Claim in keyof JWTPayload]?: JWTPayload[Claim] | undefined }

function sign(claims: Claims, team: string): Promise<string> {
  return new SignJWT({ iss: `https://${team}`, aud: [AUDIENCE], ...claims } as JWTPayload)
    .setProtectedHeader({ alg: 'RS256', kid: KEY_ID })
    .setIssuedAt(claims.iat)
    .setExpirationTime(claims.exp ?? '5m')
    .sign(keys.privateKey)
}

function verify(token: string, teamDomain: string) {
  return verifyAccessToken(token, { teamDomain, audience: AUDIENCE })
}

describe('a token that Access signed for this application', () => {
  it('names a person, with their groups where the token carries them', async () => {
    const team = aTeam()
    const token = await sign({ ...PERSON, groups: ['one'], custom: { groups: [{ id: '2', name: 'two' }, 3] } }, team)
    expect(await verify(token, team)).toEqual({
      ok: true,
      value: {
        kind: 'person',
        email: 'ana@example.com',
        groups: [
          { id: undefined, name: 'one' },
          { id: '2', name: 'two' },
        ],
      },
    })
  })

  it('names a program by the client id of its service token', async () => {
    const team = aTeam()
    const token = await sign({ common_name: 'partner.access', sub: '', type: 'app' }, team)
    expect(await verify(token, team)).toEqual({ ok: true, value: { kind: 'token', clientId: 'partner.access' } })
  })

  it('is verified with the team’s keys, fetched once', async () => {
    const team = aTeam()
    await verify(await sign(PERSON, team), team)
    await verify(await sign(PERSON, team), team)
    expect(vi.mocked(fetch).mock.calls.map(([url]) => url)).toEqual([`https://${team}/cdn-cgi/access/certs`])
  })
})

describe('a token is refused', () => {
  it.each([
    ['of another application', { aud: ['b'.repeat(64)] }],
    ['without an audience', { aud: undefined }],
    ['of another team', { iss: 'https://other.cloudflareaccess.com' }],
    ['that has expired', { iat: 1_000, exp: 2_000 }],
    ['that is not valid yet', { nbf: 4_000_000_000 }],
    ['of a program whose name is longer than a record keeps', { email: undefined, common_name: 'a'.repeat(255) }],
    ['that names nobody', { email: undefined, sub: 'some-id' }],
    ['with an empty name', { email: '', common_name: '' }],
    ['whose email is no address', { email: 'ana' }],
    ['whose email has a line break', { email: 'ana@example.com\nben@example.com' }],
    ['whose email is longer than a record keeps', { email: `${'a'.repeat(243)}@example.com` }],
  ])('%s', async (_what, claims) => {
    const team = aTeam()
    const refused = await verify(await sign({ ...PERSON, ...claims }, team), team)
    expect(refused).toMatchObject({ ok: false, error: { reason: 'invalid_token' } })
  })

  it('signed by another key under the same key id', async () => {
    const team = aTeam()
    const others = await generateKeyPair('RS256')
    const token = await new SignJWT({ ...PERSON, iss: `https://${team}`, aud: AUDIENCE })
      .setProtectedHeader({ alg: 'RS256', kid: KEY_ID })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(others.privateKey)
    expect(await verify(token, team)).toMatchObject({ ok: false, error: { reason: 'invalid_token' } })
  })

  it('without a signature, or with one by a shared secret', async () => {
    const team = aTeam()
    const [, payload] = (await sign(PERSON, team)).split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    const shared = await new SignJWT({ ...PERSON, iss: `https://${team}`, aud: AUDIENCE })
      .setProtectedHeader({ alg: 'HS256', kid: KEY_ID })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(JSON.stringify(jwks)))
    for (const token of [none, shared]) {
      expect(await verify(token, team)).toMatchObject({ ok: false, error: { reason: 'invalid_token' } })
    }
  })

  it('changed by one character anywhere', async () => {
    const team = aTeam()
    const token = await sign(PERSON, team)
    for (let at = 5; at < token.length; at += 29) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect(await verify(changed, team)).toMatchObject({ ok: false })
    }
  })
})

describe('keys that do not come', () => {
  it.each([
    ['no answer', () => Promise.reject(new TypeError('fetch failed')) as never],
    ['an error', () => new Response('gone', { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['no key set', () => Response.json({ keys: 'none' })],
    ['a redirect', () => new Response(null, { status: 302, headers: { Location: 'https://evil.example' } })],
  ])('leave a good token unjudged: %s', async (_what, answer) => {
    const team = aTeam(answer)
    const refused = await verify(await sign(PERSON, team), team)
    expect(refused).toMatchObject({ ok: false, error: { reason: 'keys_unavailable' } })
  })

  it('are fetched again, and the token is believed then', async () => {
    const answers = [() => new Response(null, { status: 503 }), () => Response.json(jwks)]
    const team = aTeam(() => answers.shift()?.() ?? new Response())
    const token = await sign(PERSON, team)
    expect(await verify(token, team)).toMatchObject({ ok: false })
    expect(await verify(token, team)).toMatchObject({ ok: true })
  })
})
