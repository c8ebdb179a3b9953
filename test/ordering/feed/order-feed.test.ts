import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrationsOf } from '../../../shared/project/project.ts'
import { feedMigration, watchedColumns } from '../../../shared/handover/publisher/migration.ts'
import { orderFeed } from '../../../workers/ordering/feed/order-feed.ts'

describe('the feed of orders', () => {
  it('is in the migration as it is made of its definition', () => {
    const migration = readFileSync(join(migrationsOf('ordering'), '0001_orders.sql'), 'utf8')
    expect(migration).toContain(`\n${feedMigration(orderFeed).join('\n\n')}\n`)
  })

  it('takes a change of each column for a revision but of those that no reader sees', () => {
    expect(watchedColumns(orderFeed)).toEqual([
      'state',
      'revision',
      'fingerprint',
      'external_id',
      'placed_at',
      'confirmed_at',
      'confirmed_by',
      'updated_at',
      'updated_by',
      'currency',
      'customer',
      'lines',
      'charges',
      'supplied_on',
      'tax_exemption_reason',
      'note',
    ])
  })
})
