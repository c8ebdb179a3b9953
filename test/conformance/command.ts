import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { type Case, type Judgement, judgeAll, type Side } from './case.ts'
import { Consumer } from './consumer.ts'
import { CONSUMER_CASES } from './consumer-cases.ts'
import { Publisher } from './publisher.ts'
import { PUBLISHER_CASES } from './publisher-cases.ts'

const USAGE = `npm run conformance -- publisher URL [--control URL]
npm run conformance -- consumer URL [--port N]

Judges a program against shared/handover/PROTOCOL.md, case by case, and prints what was asked, what was seen, and whether
it passed. test/conformance/README.md says what a program offers to be judged in full.

  publisher URL  the address below which it serves its feed
  consumer URL   the address of its control interface
  --control URL  the publisher's control interface (URL/control)
  --port N       where the kit answers as publisher while it judges a consumer (one that is free)
  --only 4.11    the cases of this sentence, or this one case; 4: those of a section
  --brief        what was asked and seen only where a case did not pass

The exit code is 0 if all passed, 1 if one failed, and 2 if none failed and some were not judged.`

type Options = { only: string; brief: boolean; say: (line: string) => void }

/** Judges what is asked for. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    control: { type: 'string' },
    port: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    brief: { type: 'boolean', default: false },
  },
  operands: 2,
  async act(values, [kind, url = '']) {
    if (!URL.canParse(url)) throw new CommandFailure(USAGE)
    const options = { ...values, say: (line: string) => console.log(line) }
    switch (kind) {
      case 'publisher':
        process.exitCode = await judgePublisher(url, values.control ?? `${url.replace(/\/$/, '')}/control`, options)
        return
      case 'consumer':
        process.exitCode = await judgeConsumer(url, Number(values.port), options)
        return
      default:
        throw new CommandFailure(USAGE)
    }
  },
})

/** Judges a publisher and says what came of each case; returns the exit code. */
export async function judgePublisher(url: string, control: string, options: Options): Promise<number> {
  return report(PUBLISHER_CASES, await reach(url, () => Publisher.open(url, control)), options)
}

/** Judges a consumer and says what came of each case; returns the exit code. */
export async function judgeConsumer(url: string, port: number, options: Options): Promise<number> {
  const consumer = await reach(url, () => Consumer.open(url, port))
  try {
    return await report(CONSUMER_CASES, consumer, options)
  } finally {
    await consumer.close()
  }
}

async function reach<S>(url: string, open: () => Promise<S>): Promise<S> {
  try {
    return await open()
  } catch (error) {
    throw new CommandFailure(`Nothing answers at ${url}: start the program that is to be judged.`, { cause: error })
  }
}

async function report<S extends Side>(cases: readonly Case<S>[], side: S, options: Options): Promise<number> {
  const { only, brief, say } = options
  const counts = { passed: 0, failed: 0, 'not judged': 0 }
  const chosen = cases.filter(({ id }) => isAskedFor(id, only))
  for await (const judgement of judgeAll(chosen, side)) {
    counts[judgement.verdict] += 1
    say(describe(judgement, brief))
  }
  const { passed, failed, 'not judged': unjudged } = counts
  say(`\n${chosen.length} cases: ${passed} passed, ${failed} failed, ${unjudged} not judged.`)
  if (unjudged > 0) say('NOT JUDGED means that nothing is known. Each such case is named above, with what it needs.')
  if (failed > 0) return 1
  return unjudged > 0 ? 2 : 0
}

function isAskedFor(id: string, only: string): boolean {
  return only === '' || id === only || id.replace(/[a-z]$/, '') === only || id.startsWith(`${only}.`)
}

function describe({ id, title, verdict, why, exchanges }: Judgement, brief: boolean): string {
  const mark = verdict === 'passed' ? verdict : verdict.toUpperCase()
  const said = brief && verdict === 'passed' ? [] : exchanges
  return [
    `${mark.padEnd(10)} ${id.padEnd(5)} ${title}`,
    ...said.flatMap(({ asked, seen }) => [`    asked  ${asked}`, `    saw    ${seen}`]),
    ...(why === null ? [] : [`    why    ${why}`]),
  ].join('\n')
}
