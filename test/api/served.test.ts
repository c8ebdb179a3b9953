import { describe, expect, it } from 'vitest'
import { startTogether } from '../support/together.ts'
import { DOCUMENTS } from './answer-check.ts'

describe.each(['ordering', 'billing'] as const)('%s', (app) => {
  it('GET /api/openapi.json answers the document, and GET /api the same as a page', async () => {
    const worker = (await startTogether())[app]
    const answer = await worker.fetch('/api/openapi.json')
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(await answer.json()).toEqual(DOCUMENTS[app])
    const page = await worker.fetch('/api')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(DOCUMENTS[app].info.title)
  })
})
