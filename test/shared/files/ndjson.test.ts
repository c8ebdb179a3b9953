import { expect, it } from 'vitest'
import * as z from 'zod'
import { parseLines, splitLines } from '../../../shared/files/ndjson.ts'

const schema = z.strictObject({ id: z.string() })
const bytes = (text: string) => new TextEncoder().encode(text)

it('passes over empty lines and counts them', () => {
  const lines = splitLines(bytes('\n {"id":"a"}\r\n\t\r\n{"id":"b"}'))
  expect(lines.map(({ line }) => line)).toEqual([2, 4])
  expect(parseLines(lines, schema, 'id').parsed.map(({ value }) => value.id)).toEqual(['a', 'b'])
})

it('takes a byte order mark before the first line', () => {
  expect(parseLines(splitLines(bytes('\uFEFF{"id":"a"}')), schema, 'id').failed).toEqual([])
})

it('refuses a line that is no UTF-8, and no other', () => {
  const body = new Uint8Array([...bytes('{"id":"a"}\n{"id":"'), 0xff, ...bytes('"}\n')])
  const { parsed, failed } = parseLines(splitLines(body), schema, 'id')
  expect(parsed).toHaveLength(1)
  expect(failed).toMatchObject([{ line: 2, externalId: null, problem: { type: '/problems/invalid-json' } }])
})

it('names a refused record by its id', () => {
  const { failed } = parseLines(splitLines(bytes('{"id":"a","b":1}\n{"id":1}\nnull')), schema, 'id')
  expect(failed.map(({ line, externalId }) => [line, externalId])).toEqual([
    [1, 'a'],
    [2, null],
    [3, null],
  ])
  expect(failed[0]?.problem.errors).toEqual([{ pointer: '/b', detail: 'Unknown field' }])
})

it('takes the last line of an id, whether the ones before it fit or not', () => {
  const text = '{"id":"a"}\n{"id":" b ","x":1}\n{"id":"a\\r\\n"}\n{"x":1}\n{"id":"b"}\n{"id":"c"}\n{"id":"c","x":1}'
  const { parsed, failed, superseded } = parseLines(splitLines(bytes(text)), schema, 'id')
  expect(parsed.map(({ line }) => line)).toEqual([3, 5])
  expect(failed.map(({ line, externalId }) => [line, externalId])).toEqual([
    [4, null],
    [7, 'c'],
  ])
  expect(superseded).toBe(3)
})
