import { describe, expect, it } from 'vitest'
import { crash } from '../crash/command.ts'

const TIMES = 5
const PORT = 18_250
const TIMEOUT_MS = 300_000

describe('both apps as processes, killed with SIGKILL while orders are imported and pulled', () => {
  it(`agree on every order, after ${TIMES} times and one more start`, { timeout: TIMEOUT_MS }, async () => {
    const told: string[] = []
    const { kills, orders, failures } = await crash({ times: TIMES, seed: 7, port: PORT }, (line) => told.push(line))
    expect(failures, `Killed:\n${told.join('\n')}`).toEqual([])
    expect({ kills, orders }).toEqual({ kills: 5, orders: 300 })
  })
})
