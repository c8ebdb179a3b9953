import { basename, extname } from 'node:path'
import { KNOW_WORKERS, PROGRAMS, type Program, roomsOf } from './arrows.ts'
import { placeOf, type SourceFile } from './imports.ts'

/** The commands that are tests themselves are run where the tests are. */
const MAY_START_TESTS = 'shared/commands/launch.mjs'

/** What is against the list of rooms, a sentence each; empty where all is in order. */
export function findFaults(sources: readonly SourceFile[]): string[] {
  return [...findCircles(), ...findWrongArrows(sources), ...findUnusedArrows(sources), ...findTwinNames(sources)]
}

function findCircles(): string[] {
  return programs().flatMap((program) => {
    const rooms = roomsOf(program)
    return rooms.flatMap(([room, { imports }], place) => {
      const above = new Set(rooms.slice(0, place).map(([name]) => name))
      return imports
        .filter((name) => !above.has(name))
        .map((name) => `The list lets ${program}/${room} import ${name}, which does not stand above it.`)
    })
  })
}

function findWrongArrows(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((file) => {
    const rooms = new Map(file.program === 'test' ? [] : roomsOf(file.program))
    const room = rooms.get(file.room)
    if (room === undefined) return [`${file.path} is in no room of the list: ${file.program}/${file.room}.`]
    return file.imports
      .filter((path) => !isAllowed(file, room.imports, path))
      .map((path) => `${file.path} imports ${path}.`)
  })
}

function isAllowed(file: SourceFile, imports: readonly string[], path: string): boolean {
  // The one place of the version. A Worker that imported it would carry all of it.
  if (path === 'package.json') return file.program === 'shared'
  const to = placeOf(path)
  if (to.program === 'test') return file.path === MAY_START_TESTS
  if (to.program !== file.program) {
    return to.program === 'shared' || (file.program === 'shared' && KNOW_WORKERS.includes(file.room))
  }
  // What browsers load is no room: a rule that page and Worker share stands there.
  return to.room === file.room || to.room === 'assets' || imports.includes(to.room)
}

function findUnusedArrows(sources: readonly SourceFile[]): string[] {
  const used = new Set(
    sources.flatMap(({ program, room, imports }) =>
      imports.map(placeOf).flatMap((to) => (to.program === program ? [`${program}/${room} ${to.room}`] : [])),
    ),
  )
  return programs().flatMap((program) =>
    roomsOf(program).flatMap(([room, { imports }]) =>
      imports
        .filter((name) => !used.has(`${program}/${room} ${name}`))
        .map((name) => `The list lets ${program}/${room} import ${name}, and no file does.`),
    ),
  )
}

/** Files that differ only in their ending are taken for one another. */
function findTwinNames(sources: readonly SourceFile[]): string[] {
  const byStem = Map.groupBy(sources, ({ path }) => basename(path, extname(path)))
  return [...byStem.values()]
    .filter((files) => new Set(files.map(({ path }) => extname(path))).size > 1)
    .map((files) => `Only their endings differ: ${files.map(({ path }) => path).join(', ')}.`)
}

function programs(): Program[] {
  return Object.keys(PROGRAMS) as Program[]
}
