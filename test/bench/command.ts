import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { measureBundles } from './bundle.ts'
import { measureDeepLink } from './deep-link.ts'
import type { Measure } from './figure.ts'
import { measureFirstPull } from './first-pull.ts'
import { measureGrowth } from './growth.ts'
import { measureMillion } from './million.ts'
import { measurePages } from './pages.ts'
import { drawReport } from './picture.ts'
import { describeMachine, type Report, writeTable } from './report.ts'
import { readWhole } from '../../shared/commands/support/arguments.ts'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { ROOT } from '../../shared/project/project.ts'
import { STATE } from '../../shared/commands/support/paths.ts'

const USAGE = `npm run bench -- [quick | million [N]] [--out FILE] [--only MEASURE]

Measures the product against plain SQLite, PouchDB and the pull as it is first written, in turn and in one run, and
prints medians with their spread. FILE.json and FILE.svg keep them.

  quick        small tables and few rounds: under two minutes
  million      imports, pulls and proves N orders (1,000,000); what an idle pull and each page of the lists cost at that
               size, and at 1,000
  --out FILE   without an ending (.waybill/bench/<what>)
  --only NAME  pull, growth, link, pages or bundle; of a million: million or growth`

type Say = (what: string) => void
type Part = { name: string; measure: (quick: boolean, say: Say) => Promise<Measure[]> }

const PARTS: Part[] = [
  {
    name: 'pull',
    measure: async (quick) => {
      const state = join(STATE, 'bench')
      if (quick) return measureFirstPull(2_000, 2, state)
      return [...(await measureFirstPull(10_000, 5, state)), ...(await measureFirstPull(50_000, 3, state))]
    },
  },
  { name: 'bundle', measure: (quick) => measureBundles(quick ? 1 : 15) },
  { name: 'link', measure: (quick) => measureDeepLink(quick ? 100 : 400, quick ? 3 : 7) },
  { name: 'pages', measure: (quick) => measurePages(quick ? 40 : 200) },
  {
    name: 'growth',
    measure: (quick, say) => measureGrowth(quick ? [1_000, 5_000] : [1_000, 100_000], quick ? 20 : 60, say),
  },
]

/** Runs the measures and keeps what they found. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    out: { type: 'string' },
    only: { type: 'string' },
  },
  operands: 2,
  async act(values, [kind = 'whole', count = '1000000']) {
    if (!['whole', 'quick', 'million'].includes(kind)) throw new CommandFailure(USAGE)
    const say: Say = (what) => console.log(`  … ${what}`)
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim()
    const measures: Measure[] = []
    for (const { name, measure } of choose(kind, values.only, readWhole('N', count))) {
      say(name)
      const measured = await measure(kind === 'quick', say)
      console.log(`\n${writeTable(measured)}`)
      measures.push(...measured)
      // Part by part, so that a run that is ended before its time has kept what it found.
      await keep({ kind, at: new Date().toISOString(), commit, machine: describeMachine(), measures }, values.out)
    }
  },
})

function choose(kind: string, only: string | undefined, count: number): Part[] {
  const parts = kind === 'million' ? partsOf(count) : PARTS
  if (only === undefined) return parts
  const chosen = parts.filter(({ name }) => name === only)
  if (chosen.length === 0) throw new CommandFailure(USAGE)
  return chosen
}

/** At one size, which may be very large. */
function partsOf(count: number): Part[] {
  return [
    { name: 'million', measure: (_quick, say) => measureMillion(count, say) },
    { name: 'growth', measure: (_quick, say) => measureGrowth([1_000, count], 60, say) },
  ]
}

async function keep(report: Report, out: string | undefined): Promise<void> {
  const path = out ?? join(STATE, 'bench', report.kind)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(`${path}.svg`, drawReport(report))
  console.log(`Kept in ${relative(process.cwd(), path)}.json and .svg`)
}
