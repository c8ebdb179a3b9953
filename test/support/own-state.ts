import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'

// Commands keep there what runs and where; two test files at a time would find each other's.
env['WAYBILL_STATE'] = join(tmpdir(), 'state', env['VITEST_POOL_ID'] ?? '1')
