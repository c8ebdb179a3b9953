import { existsSync } from 'node:fs'
import { readAddress } from '../support/arguments.ts'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { importFile, type Summary } from './file.ts'
import { startProgress } from '../support/progress.ts'
import { count, spell } from '../support/output.ts'

const USAGE = `npm run import -- FILE.jsonl [--to URL]

Imports orders, customers or products, one JSON record a line, whichever the file holds. Lines that are refused are
written to FILE.refused.jsonl with the reason: correct them there and import that file. An interrupted import continues
where it was; importing a file again changes nothing more. Where several lines have the same id, the last of them
counts.

  --to URL   ordering's address (http://localhost:8787)

Behind Cloudflare Access, a service token with the role manager or operator in CF_ACCESS_CLIENT_ID and
CF_ACCESS_CLIENT_SECRET.`

/** Imports one file and tells what became of it; refused lines make the exit code 1. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    to: { type: 'string', default: 'http://localhost:8787' },
  },
  operands: 1,
  async act(values, [file]) {
    if (file === undefined) throw new CommandFailure(USAGE)
    if (!existsSync(file)) throw new CommandFailure(`There is no file ${file}.`)
    const origin = readAddress('--to', values.to)
    console.log(`Importing ${file} to ${origin}`)
    const summary = await importFile(file, origin, (total, already) => startProgress(total, already, process.stdout))
    console.log(describe(summary))
    if (summary.refused > 0) process.exitCode = 1
  },
})

function describe({ kind, seconds, refusedFile, ...done }: Summary): string {
  const { created, changed, unchanged, superseded, refused } = done
  const noun = kind.slice(0, -1)
  const counts = `${count(created, noun)} created, ${spell(changed)} changed, ${spell(unchanged)} unchanged`
  const repeated =
    superseded === 0 ? '' : ` (${spell(superseded)} of these have a later line with the same id, which counts)`
  const whole = `${counts}${repeated} in ${seconds.toFixed(1)} s`
  if (refused === 0) return `${whole}.`
  const correct = `Each is in ${refusedFile} with the reason: correct it there and import that file.`
  return `${whole}; ${count(refused, 'line')} refused.\n${correct}`
}
