import { rm } from 'node:fs/promises'
import { defineCommand } from './support/command.ts'
import { STATE } from './support/paths.ts'
import { takeState } from './start/run-lock.ts'

const USAGE = `npm run reset

Deletes everything that starts on this machine have left behind, databases included.`

/** Deletes everything that starts have left behind, databases included. */
export const command = defineCommand({
  usage: USAGE,
  options: {},
  async act() {
    const taken = await takeState()
    await rm(STATE, { recursive: true, force: true })
    taken.giveBack()
    console.log('Everything is deleted. The next npm start begins afresh, with the sample data.')
  },
})
