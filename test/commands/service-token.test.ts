import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askApp, serviceToken } from '../../shared/commands/support/app-client.ts'
import { eraseCustomer } from '../../shared/commands/erase.ts'
import { sendBatch } from '../../shared/commands/import/target.ts'

const PLAIN = 'http://ordering.example.com'
const REFUSED = /^http:\/\/ordering\.example\.com is not encrypted, and the service token .* use https$/

describe('the service token in the environment', () => {
  beforeEach(() => {
    vi.stubEnv('CF_ACCESS_CLIENT_ID', 'id.access')
    vi.stubEnv('CF_ACCESS_CLIENT_SECRET', 'secret')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
  })

  it('goes over https, and to this machine', () => {
    const sent = { 'CF-Access-Client-Id': 'id.access', 'CF-Access-Client-Secret': 'secret' }
    const own = ['http://localhost:8787', 'http://127.0.0.1:8787', 'http://127.1.2.3', 'http://[::1]:8787']
    for (const origin of ['https://ordering.example.com', ...own]) expect(serviceToken(origin)).toEqual(sent)
  })

  it('goes nowhere else: the command ends before it asks', async () => {
    const asked = vi.fn<typeof fetch>()
    vi.stubGlobal('fetch', asked)
    const batch = { lines: [] } as unknown as Parameters<typeof sendBatch>[2]
    const target = { origin: PLAIN, onPause: () => undefined }
    await expect(askApp(PLAIN, 'GET', '/health')).rejects.toThrow(REFUSED)
    await expect(eraseCustomer(PLAIN, 'VINET', false, () => undefined)).rejects.toThrow(REFUSED)
    await expect(sendBatch(target, 'orders', batch)).rejects.toThrow(REFUSED)
    expect(asked).not.toHaveBeenCalled()
    for (const odd of ['http://localhost.example.com', 'http://127.0.0.1.example.com', 'http://192.168.0.7']) {
      expect(() => serviceToken(odd)).toThrow('is not encrypted')
    }
  })

  it('is not there to be sent where it is not set', () => {
    vi.stubEnv('CF_ACCESS_CLIENT_SECRET', undefined)
    expect(serviceToken(PLAIN)).toEqual({})
  })
})
