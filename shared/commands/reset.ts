import { rm } from 'node:fs/promises'
import { STATE } from './support/paths.ts'
import { takeState } from './start/run-lock.ts'

/** Deletes everything that starts have left behind, databases included. */
export async function main(): Promise<void> {
  const taken = await takeState()
  await rm(STATE, { recursive: true, force: true })
  taken.giveBack()
  console.log('Everything is deleted. The next npm start begins afresh, with the sample data.')
}
