import { rm } from 'node:fs/promises'
import { STATE } from './paths.ts'
import { refuseWhileRunning } from './run-lock.ts'

/** Forgets everything that starts have left behind, databases included. */
export async function main(): Promise<void> {
  await refuseWhileRunning()
  await rm(STATE, { recursive: true, force: true })
  console.log('Everything is forgotten. The next npm start begins afresh, with the sample data.')
}
