import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { ROOT } from '../../project/project.ts'
import { PROGRAMS, type Program, roomsOf } from './arrows.ts'
import { findFaults } from './check.ts'
import { readSources, type SourceFile } from './imports.ts'
import { drawRooms } from './picture.ts'

const PICTURE = 'shared/docs/rooms.svg'
const LONGEST = 10
const LIST = 'The list is shared/commands/rooms/arrows.ts.'
const USAGE = `npm run rooms -- [--check]

Prints the rooms with their files and lines, and draws the arrows between them into ${PICTURE}.

  --check   only say whether every import and the picture are as the list of rooms has it`

/**
 * Prints the rooms with their files and lines, and draws their arrows; with --check only says whether every import and
 * the picture are as the list of rooms has it.
 */
export const command = defineCommand({
  usage: USAGE,
  options: { check: { type: 'boolean', default: false } },
  async act(values) {
    const sources = readSources(ROOT)
    const faults = findFaults(sources)
    if (faults.length > 0) throw new CommandFailure([...faults, LIST].join('\n'))
    const picture = await drawRooms()
    if (values.check) {
      if (readFileSync(join(ROOT, PICTURE), 'utf8') === picture) return
      throw new CommandFailure(`${PICTURE} is not what the list of rooms says: run npm run rooms.`)
    }
    writeFileSync(join(ROOT, PICTURE), picture)
    console.log([...describeRooms(sources), '', ...describeLargest(sources), '', `Drawn: ${PICTURE}`].join('\n'))
  },
})

function describeRooms(sources: readonly SourceFile[]): string[] {
  return (Object.keys(PROGRAMS) as Program[]).flatMap((program) => [
    program,
    ...roomsOf(program).map(([room, { has }]) => {
      const files = sources.filter((file) => file.program === program && file.room === room)
      const lines = files.reduce((sum, file) => sum + file.lines, 0)
      return `  ${room.padEnd(12)}${String(files.length).padStart(3)} files${String(lines).padStart(6)} lines  ${has}`
    }),
  ])
}

function describeLargest(sources: readonly SourceFile[]): string[] {
  const longest = sources.toSorted((a, b) => b.lines - a.lines).slice(0, LONGEST)
  const most = sources.toSorted((a, b) => b.imports.length - a.imports.length).slice(0, 3)
  return [
    'The longest files',
    ...longest.map(({ path, lines }) => `  ${String(lines).padStart(4)} lines  ${path}`),
    'The files that import most',
    ...most.map(({ path, imports }) => `  ${String(imports.length).padStart(4)}  ${path}`),
  ]
}
