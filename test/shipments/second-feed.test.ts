import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestHarness, unstable_splitSqlQuery } from 'wrangler'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROOT } from '../../shared/project/project.ts'

const EXAMPLE = join(ROOT, 'test/examples/shipments')
const SHIPMENTS = readFileSync(join(EXAMPLE, 'warehouse/migrations/0001_shipments.sql'), 'utf8')
const RETURNS = `CREATE TABLE returns (
  id INTEGER PRIMARY KEY,
  received_at TEXT,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  sequence_nr INTEGER NOT NULL DEFAULT -1,
  fingerprint INTEGER NOT NULL DEFAULT (random() & 1099511627775),
  changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);`
const RECORDS = [
  `INSERT INTO shipments (recipient, address, state, dispatched_at) VALUES ('Nora', 'Street 1', 'Dispatched', '2026-03-01')`,
  `INSERT INTO returns (reason, received_at) VALUES ('Too small', '2026-03-02')`,
]

const harness = createTestHarness({
  root: EXAMPLE,
  workers: [{ configPath: join(EXAMPLE, 'two-feeds/wrangler.toml') }],
})
const ask = (path: string, body?: readonly string[]) =>
  harness
    .getWorker()
    .fetch(`http://localhost/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })

beforeAll(async () => {
  await harness.listen()
  const command = ['shared/commands/launch.mjs', 'handover', 'changes', join(EXAMPLE, 'two-feeds/returns.ts')]
  const changes = execFileSync(join(ROOT, 'node_modules/.bin/node'), command, { cwd: ROOT, encoding: 'utf8' })
  await ask('', [...[SHIPMENTS, RETURNS, changes].flatMap((sql) => unstable_splitSqlQuery(sql)), ...RECORDS])
}, 60_000)
afterAll(() => harness.close())

it('two feeds of one Worker, the second made by npm run handover -- changes, each hand over their own records', async () => {
  const shipments = (await (await ask('shipment-service/shipments')).json()) as { epoch: string }
  const returns = (await (await ask('return-service/returns')).json()) as { epoch: string }
  expect(shipments).toMatchObject({ shipments: [{ id: 1, sequenceNr: 1, recipient: 'Nora' }], more: false })
  expect(returns).toMatchObject({ returns: [{ id: 1, sequenceNr: 1, reason: 'Too small' }], more: false })
  expect(returns.epoch).not.toBe(shipments.epoch)
})

it('a service that is given another feed’s sequencer hands over nothing, and the log says which class to bind', async () => {
  const answer = await ask('mistaken-service/returns')
  expect(answer.status).toBe(500)
  const logged = harness.getLogs().map(({ message }) => message)
  expect(logged.filter((line) => line.includes('The sequencer of shipments was asked for as returns: '))).toHaveLength(
    1,
  )
})
