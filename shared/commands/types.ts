import { configOf } from '../project/project.ts'
import { CommandFailure, defineCommand } from './support/command.ts'
import { runWrangler } from './support/wrangler.ts'

const USAGE = `npm run types -- [--check]

Generates both Workers' environment types from their configurations.

  --check   only say whether they are current`

/** Generates both Workers' environment types from their configurations; with --check only says whether they are current. */
export const command = defineCommand({
  usage: USAGE,
  options: { check: { type: 'boolean', default: false } },
  async act(values) {
    const check = values.check ? ['--check'] : []
    await Promise.all((['ordering', 'billing'] as const).map((name) => generate(name, check)))
    console.log(`The environment types are ${values.check ? 'current' : 'generated'}.`)
  },
})

async function generate(name: 'ordering' | 'billing', check: string[]): Promise<void> {
  const file = `workers/${name}/worker-configuration.d.ts`
  const options = ['--config', configOf(name), '--include-runtime=false', '--strict-vars=false', ...check]
  const { succeeded, output } = await runWrangler(['types', file, ...options])
  if (succeeded) return
  if (check.length === 0) throw new CommandFailure(output)
  throw new CommandFailure(`${file} is not what ${configOf(name)} says: run npm run types.\n${output}`)
}
