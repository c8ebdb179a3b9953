import { Ajv2020 } from 'ajv/dist/2020.js'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../shared/openapi/format.ts'
import { partRoute, templateOf } from '../../shared/openapi/operation.ts'
import { PROBLEMS } from '../../shared/edge/problem.ts'
import { RULES as BILLING_RULES } from '../../workers/billing/edge/rights.ts'
import { RULES as ORDERING_RULES } from '../../workers/ordering/edge/rights.ts'
import { DOCUMENTS, validate } from './answer-check.ts'

const ASSETS = join(import.meta.dirname, '../../shared/assets')
const RULES = { ordering: ORDERING_RULES, billing: BILLING_RULES }

describe.each(['ordering', 'billing'] as const)('the document of %s', (app) => {
  const document = DOCUMENTS[app]
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

  it('is in the assets as the schemas make it (npm test -- -u test/api/document.test.ts)', async () => {
    const made = `${JSON.stringify(document, undefined, 2)}\n`
    await expect(made).toMatchFileSnapshot(join(ASSETS, `openapi/${app}.json`))
  })

  it('describes each route of the API that a rule lets anyone use, and no other', () => {
    const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    const ruled = Object.keys(RULES[app])
      .filter((route) => /^\w+ \/(?:api|health)(?:\/|$)/.test(route))
      .map((route) => `${partRoute(route).method} ${templateOf(partRoute(route).path)}`)
    expect(described.sort()).toEqual(ruled.sort())
  })

  it('gives each operation an id of its own, a summary and a tag that is explained', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = new Set(document.tags.map(({ name }) => name))
    for (const { operation } of operations) {
      expect(operation.summary).not.toBe('')
      expect(operation.tags.every((tag) => tags.has(tag))).toBe(true)
    }
  })

  it('names each parameter of a path as a parameter', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
        inPath,
      )
    }
  })

  it('says of each member of each schema what it means', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const members = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)
      const unexplained = members.filter(([, member]) => member['description'] === undefined)
      expect([name, unexplained.map(([member]) => member)]).toEqual([name, []])
    }
  })

  it('has no schema that nothing refers to', () => {
    const text = JSON.stringify(document)
    const names = Object.keys(document.components.schemas)
    expect(names.filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([])
  })

  it('is made of schemas that are valid JSON Schema', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false })
    for (const schema of Object.values(document.components.schemas)) {
      expect([ajv.validateSchema(schema), ajv.errors]).toEqual([true, null])
    }
  })

  it('names only problems that have a page', () => {
    const types = JSON.stringify(document).matchAll(/"\/problems\/([\w-]+)"/g)
    for (const [, name = ''] of types) expect(Object.keys(PROBLEMS)).toContain(name)
  })

  it('has examples that fit their schemas', () => {
    for (const { operation } of operations) {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)]
      for (const { schema, example } of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
        if (example === undefined) continue
        const line = schema['contentSchema'] as JsonSchema | undefined
        const value: unknown = line === undefined ? example : JSON.parse(example as string)
        expect([operation.operationId, validate(document, line ?? schema, value)]).toEqual([
          operation.operationId,
          undefined,
        ])
      }
    }
  })
})
