import { CommandFailure, defineCommand } from '../support/command.ts'
import { ACTS, type Options } from './acts.ts'
import { Rehearsal } from './rehearsal.ts'

const NAMES = Object.keys(ACTS)
const USAGE = `npm run rehearse -- NAME [--from COMMIT]

Rehearses on this machine, with databases of its own, what one hopes never to do in earnest. The exit code is 1 if
anything is lost.

${NAMES.map((name) => `  ${name.padEnd(18)}${ACTS[name]?.about ?? ''}`).join('\n')}
  all               one after the other

  --from COMMIT     what an upgrade begins at; else the last release, or what was before the last migration`

/** Rehearses what it is told. */
export const command = defineCommand({
  usage: USAGE,
  options: { from: { type: 'string' } },
  operands: 1,
  async act(values, [name]) {
    if (name === undefined) throw new CommandFailure(USAGE)
    const chosen = name === 'all' ? NAMES : [name]
    for (const one of chosen) await rehearse(one, { from: values.from })
  },
})

async function rehearse(name: string, options: Options): Promise<void> {
  const act = Object.hasOwn(ACTS, name) ? ACTS[name] : undefined
  if (act === undefined) throw new CommandFailure(`There is no rehearsal ${name}.\n\n${USAGE}`)
  console.log(`\n${name}: ${act.about}`)
  await Rehearsal.run(name, (rehearsal) => act.act(rehearsal, options))
  console.log(`  ${name}: ${act.proven}`)
}
