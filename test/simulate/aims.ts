import { approveOne, compare, followLink, pull } from './billing-steps.ts'
import { credit } from './credit-steps.ts'
import { backUp, endFaults, expireLease, putBack } from './fault-steps.ts'
import { amend, confirm, place } from './ordering-steps.ts'
import { restoreOrphans } from './orphan-steps.ts'
import { correctPoisoned, poison, tamperWithCopy } from './sql-steps.ts'
import { pickOrderNumber, type World } from '../../shared/simulator/world.ts'

/** What fails, what has to be there before, and what is done so that it does. */
type Aim = { where: 'relay' | 'ordering' | 'billing'; matching: string; prepare: Work; act: Work }
type Work = (world: World) => Promise<unknown>

const nothing: Work = () => Promise.resolve()

const bringInvoice: Work = async (world) => {
  await place(world)
  await pull(world)
}

const approveInvoice: Work = async (world) => {
  await bringInvoice(world)
  await approveOne(world)
}

const bringUnfit: Work = async (world) => {
  const number = pickOrderNumber(world)
  await confirm(world, number)
  await poison(world, number)
}

const loseOrder: Work = async (world) => {
  await backUp(world)
  const moment = world.moments
  await bringInvoice(world)
  await putBack(world, 'ordering', moment)
}

/** Billing is ahead by what the link alone has seen, and the highest number is what it was. */
const loseAmendment: Work = async (world) => {
  const number = pickOrderNumber(world)
  await confirm(world, number)
  await pull(world)
  await backUp(world)
  const moment = world.moments
  await amend(world, number)
  await followLink(world, number)
  await putBack(world, 'ordering', moment)
}

/** Each work fails at the statement or the call that it is about. */
const AIMS: readonly [Aim, ...Aim[]] = [
  { where: 'ordering', matching: '', prepare: nothing, act: place },
  { where: 'ordering', matching: 'INSERT INTO orders', prepare: nothing, act: place },
  { where: 'ordering', matching: 'UPDATE orders SET external_id', prepare: nothing, act: (world) => amend(world) },
  { where: 'ordering', matching: 'numbering = 1', prepare: place, act: pull },
  { where: 'ordering', matching: 'UPDATE feed', prepare: place, act: pull },
  { where: 'ordering', matching: 'INSERT INTO billing_notices', prepare: approveInvoice, act: pull },
  { where: 'billing', matching: '', prepare: place, act: pull },
  { where: 'billing', matching: 'UPDATE order_pull SET token', prepare: place, act: pull },
  { where: 'billing', matching: 'INSERT INTO pull_runs', prepare: place, act: pull },
  { where: 'billing', matching: 'INSERT INTO decisions', prepare: bringInvoice, act: approveOne },
  { where: 'billing', matching: 'SET witnessed = 1', prepare: bringInvoice, act: approveOne },
  { where: 'billing', matching: 'INSERT INTO credit_notes', prepare: approveInvoice, act: credit },
  { where: 'billing', matching: 'UPDATE outbox', prepare: approveInvoice, act: pull },
  { where: 'billing', matching: 'INSERT INTO epochs', prepare: loseOrder, act: pull },
  { where: 'billing', matching: "repair = 'reading'", prepare: loseOrder, act: pull },
  { where: 'billing', matching: 'orphaned = 1', prepare: loseOrder, act: pull },
  { where: 'billing', matching: 'INSERT INTO quarantine', prepare: bringUnfit, act: pull },
  {
    where: 'billing',
    matching: 'UPDATE quarantine',
    prepare: async (world) => {
      await bringUnfit(world)
      await pull(world)
      await correctPoisoned(world, true)
    },
    act: pull,
  },
  { where: 'relay', matching: '', prepare: place, act: pull },
  { where: 'relay', matching: '/orders?', prepare: place, act: pull },
  { where: 'relay', matching: '/orders/', prepare: place, act: (world) => followLink(world) },
  { where: 'relay', matching: '/notices', prepare: approveInvoice, act: pull },
  {
    where: 'relay',
    matching: '/restore',
    prepare: async (world) => {
      await loseOrder(world)
      await pull(world)
    },
    act: (world) => restoreOrphans(world, false),
  },
  { where: 'relay', matching: '/digest', prepare: pull, act: compare },
  {
    where: 'relay',
    matching: '/fingerprints',
    prepare: async (world) => {
      await pull(world)
      await tamperWithCopy(world)
    },
    act: compare,
  },
  { where: 'relay', matching: '/ahead', prepare: loseAmendment, act: compare },
]

/**
 * Two works fail where they are about, once each, and are done again. The seed says which, each in its turn: by chance
 * some would hardly ever fail.
 */
export async function failAtTheirPoint(world: World, seed: number): Promise<void> {
  for (const turn of [2 * seed, 2 * seed + 1]) {
    const { where, matching, prepare, act } = AIMS[turn % AIMS.length] ?? AIMS[0]
    await endFaults(world)
    await expireLease(world)
    await prepare(world)
    await expireLease(world)
    const kind = world.random.choose(['refuse', 'lose-answer'])
    if (where === 'relay') await world.relay.fail({ kind: kind === 'refuse' ? 'throw' : kind, matching })
    else await world[where].failDatabase({ kind, matching })
    world.mayFail = true
    world.inject(`${where === 'relay' ? 'binding' : `database of ${where}`}: ${kind}`)
    world.tell(`${where} will fail: ${kind} at ${matching === '' ? 'anything' : matching}`)
    await act(world)
    await expireLease(world)
    await act(world)
  }
}
