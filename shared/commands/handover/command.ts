import { relative } from 'node:path'
import type { Feed } from '../../handover/publisher/feed.ts'
import { plainName } from '../../handover/sql-names.ts'
import { CommandFailure, defineCommand } from '../support/command.ts'
import { count } from '../support/output.ts'
import { schemaAfter } from '../support/schema.ts'
import { changesOf, findDifferences, migrationOf, tablesWithRow } from './check.ts'
import { examineRows, readMigrationsOf, readSchema, type Where } from './database.ts'
import { type Declared, loadDeclared } from './declared.ts'
import { showStatements } from './show.ts'

const USAGE = `npm run handover -- migration NAME
npm run handover -- changes NAME
npm run handover -- show NAME
npm run handover -- check NAME [--remote] [--env ENV] [--state FOLDER]

Says of records that are handed over what their declaration makes of a database. NAME is a feed of this project, such as
orders, or the path of a module that exports what defineFeed or defineConsumer has made.

  migration  the SQL to commit, as a migration or at the end of one
  changes    what a further migration has to say, after a declaration was changed
  show       each statement as the database gets it, with values in place, from a run on an empty database in memory
  check      holds a database against the declaration: on this machine, or deployed; it reads every record

  --remote        the deployed database
  --env ENV       that of this environment of the configuration
  --state FOLDER  where wrangler keeps the local database, where it is another than npm start’s or wrangler’s own

check prints what differs; the exit code is 1 then.`

/** Says what the declarations of a feed make of a database. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    remote: { type: 'boolean', default: false },
    env: { type: 'string' },
    state: { type: 'string' },
  },
  operands: 2,
  async act({ remote, env, state }, [act, name]) {
    if (name === undefined) throw new CommandFailure(USAGE)
    const declared = await loadDeclared(name)
    switch (act) {
      case 'migration':
        for (const one of declared) console.log(`${heading(one)}\n\n${migrationOf(one).join('\n\n')}\n`)
        return
      case 'changes':
        for (const one of declared) {
          const changes = changesOf(one, schemaAfter(readMigrationsOf(one.config)))
          console.log(changes.length === 0 ? `${heading(one)}: none` : `${heading(one)}\n\n${changes.join('\n\n')}\n`)
        }
        return
      case 'show':
        for (const one of declared) {
          console.log(`${heading(one)}\n`)
          for (const { act: what, statements } of await showStatements(one)) {
            console.log(`-- ${what}\n\n${statements.map((statement) => `${statement};`).join('\n\n')}\n`)
          }
        }
        return
      case 'check':
        if (remote && state !== undefined) throw new CommandFailure('Leave out --state: it is for a local database')
        for (const one of declared) {
          const differences = await examine(one, { remote, env, persistTo: remote ? undefined : (state ?? one.state) })
          console.log(`${heading(one)}: ${differences.length === 0 ? 'as declared' : 'differs'}`)
          for (const difference of differences) console.log(`  ${difference}`)
          if (differences.length > 0) process.exitCode = 1
        }
        return
      default:
        throw new CommandFailure(USAGE)
    }
  },
})

async function examine(declared: Declared, where: Where): Promise<string[]> {
  const schema = await readSchema(declared.config, where)
  const feed =
    declared.side === 'publisher' && tablesOf(declared.feed).every((name) => schema.has(name))
      ? declared.feed
      : undefined
  const tables = tablesWithRow(declared).filter((name) => schema.has(name))
  const { empty, ...leftOut } = await examineRows(declared.config, where, { tables, feed })
  return [
    ...findDifferences(declared, schema),
    ...empty.map((name) => `The table ${name} has lost its row: npm run handover -- migration prints the INSERT`),
    ...(feed === undefined ? [] : describeLeftOut(feed, leftOut)),
  ]
}

function tablesOf({ table, ranges }: Feed): [records: string, ranges: string] {
  return [plainName(table), plainName(ranges.table)]
}

/** What keeps records from their readers though the schema is whole. */
function describeLeftOut(feed: Feed, { unrevised, wrong }: { unrevised: number; wrong: number }): string[] {
  const [table, ranges] = tablesOf(feed)
  const how = 'npm run handover -- migration ends with what puts that right'
  return [
    ...(unrevised === 0
      ? []
      : [`The table ${table} has ${count(unrevised, 'row')} without a revision, which no reader takes: ${how}`]),
    ...(wrong === 0 ? [] : [`The table ${ranges} is wrong in ${count(wrong, 'row')}: ${how}`]),
  ]
}

function heading({ side, module, name, config }: Declared): string {
  return `-- ${name} in ${module}, the ${side}’s side, for the database of ${relative(process.cwd(), config)}`
}
