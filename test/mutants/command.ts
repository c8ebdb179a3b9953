import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { type Mechanism, MECHANISMS, takenOutOfShipments } from './mechanisms.ts'
import { applyTo, takenOutOf } from './take-out.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { count, spell } from '../../shared/commands/support/output.ts'
import { ROOT } from '../../shared/project/project.ts'
import { STATE } from '../../shared/commands/support/paths.ts'

const USAGE = `npm run mutants -- [options]

Takes out each mechanism that a guarantee rests on, one at a time, in a copy of this tree, and runs the test that has to
notice. A mechanism whose absence nothing notices makes the exit code 1.

  --of shipments  those of the hand-over's module, in the example of test/examples/shipments: its histories and the
                  conformance kit have to notice (orders)
  --only TEXT     only mechanisms whose name contains the text
  --list          name them, with what has to notice, and run nothing`

/** As many as npm cit runs. */
const HISTORIES = 25
/** What the copy takes from this tree. */
const COPIED = [
  'package.json',
  'tsconfig.json',
  'wrangler.ordering.toml',
  'wrangler.billing.toml',
  'workers',
  'shared',
  'test',
]

/** `broken`: the test could not be run, so nothing can be said. */
type Verdict = { verdict: 'caught' | 'survived' | 'broken'; by: string }

/** Takes out the mechanisms, and says of each whether it was noticed. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    of: { type: 'string', default: 'orders' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
  async act(values) {
    const asked = mechanismsOf(values.of).filter(({ name }) => name.includes(values.only))
    if (asked.length === 0) throw new CommandFailure(`No mechanism’s name contains ${values.only}; --list names them.`)
    if (values.list) {
      for (const mechanism of asked) console.log(describe(mechanism))
      return
    }
    const tree = join(STATE, 'mutants')
    await copyTree(tree)
    let missed = 0
    for (const mechanism of asked) {
      const { verdict, by } = await judge(tree, mechanism)
      if (verdict !== 'caught') missed += 1
      console.log(`${verdict.padEnd(8)}  ${mechanism.guarantee}  ${mechanism.name}: ${by}`)
    }
    await rm(tree, { recursive: true, force: true })
    console.log(`${count(asked.length, 'mechanism')} taken out, ${spell(asked.length - missed)} noticed.`)
    if (missed > 0) process.exitCode = 1
  },
})

const NOTICED_BY = { histories: 'npm run simulate', shipments: 'test/shipments' }

function mechanismsOf(which: string): readonly Mechanism[] {
  switch (which) {
    case 'orders':
      return MECHANISMS
    case 'shipments':
      return MECHANISMS.flatMap((mechanism) => {
        const takenOut = takenOutOfShipments(mechanism)
        return takenOut === undefined ? [] : [{ ...mechanism, takenOut, caughtBy: 'shipments' as const }]
      })
    default:
      throw new CommandFailure(`--of must be orders or shipments, not ${which}`)
  }
}

function describe({ name, guarantee, without, caughtBy }: Mechanism): string {
  const by = typeof caughtBy === 'string' ? NOTICED_BY[caughtBy] : `${caughtBy.file}: ${caughtBy.title}`
  return `${guarantee}  ${name}: ${without}\n   ${by}`
}

async function copyTree(tree: string): Promise<void> {
  await rm(tree, { recursive: true, force: true })
  await mkdir(tree, { recursive: true })
  await Promise.all(COPIED.map((path) => cp(join(ROOT, path), join(tree, path), { recursive: true })))
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
}

async function judge(tree: string, mechanism: Mechanism): Promise<Verdict> {
  const changes = await takenOutOf(tree, mechanism)
  await applyTo(tree, changes, 'after')
  try {
    switch (mechanism.caughtBy) {
      case 'histories':
        return await runHistories(tree)
      case 'shipments':
        return await runTests(tree, ['test/shipments', '--bail=1'])
      default:
        return await runTests(tree, [mechanism.caughtBy.file, '-t', mechanism.caughtBy.title])
    }
  } finally {
    await applyTo(tree, changes, 'before')
  }
}

/** What vitest's JSON reporter says, as far as it is asked. */
const report = z.object({
  numFailedTests: z.int(),
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ status: z.string(), title: z.string() })) }),
  ),
})

/** Runs the tests that vitest finds by these arguments. */
async function runTests(tree: string, which: readonly string[]): Promise<Verdict> {
  const results = join(tree, 'results.json')
  await rm(results, { force: true })
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', ...which]
  const { output } = await run(tree, [...vitest, '--reporter=json', `--outputFile=${results}`])
  const read = report.safeParse(JSON.parse(await readFile(results, 'utf8').catch(() => 'null')))
  if (!read.success) return { verdict: 'broken', by: output }
  const { numFailedTests, numPassedTests, testResults } = read.data
  const asked = which.join(' ')
  if (numFailedTests + numPassedTests === 0) return { verdict: 'broken', by: `no test ran: ${asked}` }
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ title }) => `${relative(tree, name)}: ${title}`),
  )
  return failed.length > 0
    ? { verdict: 'caught', by: failed.join('; ') }
    : { verdict: 'survived', by: `${numPassedTests} tests passed: ${asked}` }
}

async function runHistories(tree: string): Promise<Verdict> {
  const command = ['shared/commands/launch.mjs', 'simulate', '--histories', String(HISTORIES), '--first-failure']
  const { output, code } = await run(tree, command)
  const failed = /^FAILED {2}seed (\d+).*\n\s*(.*)$/m.exec(output)
  if (failed !== null) return { verdict: 'caught', by: `seed ${failed[1]}: ${failed[2]?.slice(0, 120)}` }
  return code === 0 ? { verdict: 'survived', by: `${HISTORIES} histories held` } : { verdict: 'broken', by: output }
}

async function run(tree: string, args: string[]): Promise<{ output: string; code: number }> {
  const child = spawn(process.execPath, args, {
    cwd: tree,
    // Not as in a CI, where the reporters are the configuration's own.
    env: { ...process.env, WAYBILL_STATE: join(tree, 'state'), CI: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { output, code: code ?? 1 }
}
