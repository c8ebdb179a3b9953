import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { consumerTriggers } from '../../../shared/handover/consumer/migration.ts'
import { migrationsOf } from '../../../shared/project/project.ts'
import { ORDER_TABLES } from '../../../workers/billing/feed-schema.ts'

it('the triggers that keep copies of orders are in the migration as they are made of the tables', () => {
  const migration = readFileSync(join(migrationsOf('billing'), '0001_invoices.sql'), 'utf8')
  const missing = consumerTriggers(ORDER_TABLES).filter((trigger) => !migration.includes(`\n${trigger}\n`))
  expect(missing).toEqual([])
})
