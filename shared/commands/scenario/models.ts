import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../project/project.ts'

/** How a wrong design falls, as `npm run explore -- --story shared/docs` has found it: what happens, and what does not hold then. */
type FallenDesign = { happens: readonly string[]; broken: readonly string[] }

const NUMBER_DRAWN_EARLY = 'shared/docs/number-drawn-early.json'

/** A feed in small, made wrong on purpose, that loses an order before one's eyes. */
export type ModelScenario = { title: string; play: (say: (line: string) => void) => void }

type Row = { order: string; place: number }

export const MODEL_SCENARIOS: Record<string, ModelScenario> = {
  'max-plus-one': {
    title: 'Numbering by the maximum over the rows plus 1 loses an order.',
    play(say) {
      const rows: Row[] = []
      const giveNumber = (order: string): number => {
        const others = rows.filter((row) => row.order !== order)
        const place = Math.max(0, ...others.map((row) => row.place)) + 1
        rows.splice(0, rows.length, ...others, { order, place })
        return place
      }
      say(`Order A is numbered max + 1 = ${giveNumber('A')}.`)
      say(`Order B is numbered max + 1 = ${giveNumber('B')}.`)
      const token = 2
      say(`The reader has read both; its token is ${token}.`)
      const again = giveNumber('B')
      say(`Order B changes. It held the maximum, which falls to 1 in the meantime: B is numbered ${again} again.`)
      tellRead(say, rows, token, 'B')
      say('In Waybill the highest number ever assigned is kept in a row of its own and never falls: B would be 3.')
    },
  },
  'change-dates': {
    title: 'Reading by the date of change loses an order.',
    play(say) {
      const rows: Row[] = []
      say('10:00:00  A transaction begins that changes order A. Its change date is 10:00:00; it takes two seconds.')
      rows.push({ order: 'B', place: 100_001 })
      say('10:00:01  Order B is changed and committed. Its change date is 10:00:01.')
      const token = 100_001
      say('10:00:01  The reader reads all that is committed: B. Its token is 10:00:01.')
      rows.push({ order: 'A', place: 100_000 })
      say('10:00:02  The transaction of order A commits, with its date of 10:00:00.')
      tellRead(say, rows, token, 'A')
      say(
        'In Waybill a change sets the number to -1, and the number is given when a page is read, after all that is ' +
          'committed.',
      )
    },
  },
  'number-drawn-early': {
    title: 'A number that is drawn as the change is written loses a change.',
    play(say) {
      const { happens, broken } = JSON.parse(readFileSync(join(ROOT, NUMBER_DRAWN_EARLY), 'utf8')) as FallenDesign
      say('Whoever changes a record draws the next number first, and then writes the record with it.')
      for (const sentence of happens) say(sentence)
      for (const sentence of broken) say(`BROKEN: ${sentence}`)
      say('The change is LOST: no later read will bring it.')
      say('The explorer has found it: of all histories of this design it is among the shortest that lose something.')
      say(
        'In Waybill nobody draws a number: what has changed is numbered as the feed is read, after all that is committed.',
      )
    },
  },
}

function tellRead(say: (line: string) => void, rows: readonly Row[], token: number, lost: string): void {
  const found = rows.filter(({ place }) => place > token).map(({ order }) => order)
  say(`The reader asks for what comes after its token: ${found.length === 0 ? 'nothing' : found.join(', ')}.`)
  say(`Order ${lost} is LOST: no later read will bring it.`)
}
