import { expect, it } from 'vitest'
import * as z from 'zod'
import { fieldErrors, isProblemName, PROBLEMS, problemResponse } from '../../../shared/edge/problem.ts'

it('a problem is answered as application/problem+json with its status and its own members', async () => {
  const response = problemResponse('invalid-query', 'limit is wrong', { errors: [] }, { 'X-Test': 'yes' })
  expect(response.status).toBe(400)
  expect(response.headers.get('Content-Type')).toBe('application/problem+json')
  expect(response.headers.get('X-Test')).toBe('yes')
  expect(await response.json()).toEqual({
    type: '/problems/invalid-query',
    title: 'A query parameter is not valid',
    status: 400,
    detail: 'limit is wrong',
    errors: [],
  })
})

it('names each field by JSON Pointer, an unknown one itself, and at most 100', () => {
  const schema = z.strictObject({ 'a/b': z.array(z.strictObject({ 'c~d': z.number() })) })
  const refused = schema.safeParse({ 'a/b': [{ 'c~d': 'x', 'e/f': 1 }] })
  expect(fieldErrors(refused.error?.issues ?? []).map(({ pointer }) => pointer)).toEqual([
    '/a~1b/0/c~0d',
    '/a~1b/0/e~1f',
  ])
  const many = schema.safeParse(Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x${index}`, 1])))
  expect(fieldErrors(many.error?.issues ?? [])).toHaveLength(100)
})

it('knows its own names alone, and every status is an error’s', () => {
  expect(isProblemName('stale')).toBe(true)
  expect(isProblemName('toString')).toBe(false)
  for (const { status } of Object.values(PROBLEMS)) expect(status).toBeGreaterThanOrEqual(400)
})
