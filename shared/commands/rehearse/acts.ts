import { join } from 'node:path'
import { CommandFailure } from '../support/command.ts'
import { askApp, describeRefusal } from '../support/app-client.ts'
import { checkOut, findEarlierRelease, makeLaterRelease } from './other-release.ts'
import { count, spell } from '../support/output.ts'
import { republishAll } from '../republish.ts'
import type { Pulled, Rehearsal } from './rehearsal.ts'

/** `from`: the commit that an upgrade begins at; the last release where it is left out. */
export type Options = { from: string | undefined }

/** Something to rehearse: what happens in it, and what has been shown once it ends. */
type Act = {
  about: string
  proven: string
  act: (rehearsal: Rehearsal, options: Options) => Promise<void>
}

/** What can be rehearsed, by name. */
export const ACTS: Record<string, Act> = {
  'restore-ordering': {
    about: 'ordering’s database goes back to a backup, under a billing that is ahead',
    proven: 'nothing is lost.',
    act: restoreOrdering,
  },
  'restore-billing': {
    about: 'billing’s database goes back to a backup, after invoices were approved',
    proven: 'nothing is lost.',
    act: restoreBilling,
  },
  'restore-both': {
    about: 'both databases go back to backups',
    proven: 'both sides are the same, and no invoice that was issued is lost.',
    act: restoreBoth,
  },
  'restore-older': {
    about: 'both databases go back to before their last migrations, under the code that needs those',
    proven: 'what is missing is named, and once it is applied nothing is lost.',
    act: restoreOlder,
  },
  upgrade: {
    about: 'an earlier release runs; ordering is upgraded, then billing',
    proven: 'nothing is lost.',
    act: upgrade,
  },
  'away-day': {
    about: 'billing is away for a day of 5,000 orders, and comes back',
    proven: 'nothing is lost.',
    act: awayForADay,
  },
}

const A_DAY_OF_ORDERS = 5_000

async function restoreOrdering(rehearsal: Rehearsal): Promise<void> {
  const { ordering, say } = rehearsal
  await begin(rehearsal)
  await ordering.end()
  await ordering.backUp()
  say('A backup of ordering’s database was taken.')
  await ordering.start()
  await goOn(rehearsal)
  await ordering.end()
  await ordering.restore()
  say('Ordering’s database was restored: it knows nothing of what came after the backup.')
  await ordering.start()
  tell(rehearsal, 'The pulls repair', await rehearsal.pull())
  await bringBack(rehearsal)
  await rehearsal.examine()
}

async function restoreBilling(rehearsal: Rehearsal): Promise<void> {
  const { billing, say } = rehearsal
  await begin(rehearsal)
  await billing.end()
  await billing.backUp()
  say('A backup of billing’s database was taken.')
  await billing.start()
  await goOn(rehearsal)
  const issued = [await rehearsal.approve(1), await rehearsal.approve(2)]
  say(`Invoices ${issued.join(' and ')} were approved after the backup.`)
  await billing.end()
  await billing.restore()
  say('Billing’s database was restored: it has forgotten both approvals.')
  await billing.start()
  tell(rehearsal, 'The pulls read on', await rehearsal.pull())
  await expectIssued(rehearsal, issued)
  const next = await rehearsal.approve(3)
  if (issued.includes(next)) throw new CommandFailure(`The invoice number ${next} was given twice.`)
  say(`The approvals came back as they were issued; the next invoice is ${next}.`)
  await rehearsal.examine()
}

async function restoreBoth(rehearsal: Rehearsal): Promise<void> {
  const { ordering, billing, say } = rehearsal
  await begin(rehearsal)
  await rehearsal.end()
  await Promise.all([ordering.backUp(), billing.backUp()])
  say('Backups of both databases were taken.')
  await rehearsal.start()
  await goOn(rehearsal)
  const issued = [await rehearsal.approve(1)]
  say(`Invoice ${issued.join('')} was approved after the backups.`)
  await rehearsal.end()
  await Promise.all([ordering.restore(), billing.restore()])
  say(
    'Both databases were restored: what came after the backups is in neither. What customers may have seen comes back.',
  )
  await rehearsal.start()
  tell(rehearsal, 'The pulls repair', await rehearsal.pull())
  await expectIssued(rehearsal, issued)
  say('The approval came back as it was issued.')
  await rehearsal.importOrders(31, 35)
  tell(rehearsal, 'Five new orders arrive', await rehearsal.pull())
  await rehearsal.examine()
}

async function restoreOlder(rehearsal: Rehearsal): Promise<void> {
  const { ordering, billing, say } = rehearsal
  const apps = [ordering, billing]
  const later = join(rehearsal.directory, 'later')
  await makeLaterRelease(later)
  await rehearsal.start()
  await rehearsal.importOrders(1, 20)
  tell(rehearsal, 'Twenty orders arrive', await rehearsal.pull())
  await rehearsal.end()
  await Promise.all(apps.map((app) => app.backUp()))
  say('Backups of both databases were taken; then both apps were upgraded to a release with one more migration each.')
  await Promise.all(apps.map((app) => app.start(later)))
  await goOn(rehearsal)
  const issued = [await rehearsal.approve(1)]
  say(`Invoice ${issued.join('')} was approved.`)
  await rehearsal.end()
  await Promise.all(apps.map((app) => app.restore()))
  say('Both databases were restored to before the upgrade: their last migrations went with it.')
  await Promise.all(apps.map((app) => app.startUnmigrated(later)))
  const refused = (await Promise.all(apps.map((app) => askApp(app.origin, 'GET', '/health')))).filter(
    ({ status }) => status === 503,
  )
  if (refused.length === 0) throw new CommandFailure('Neither app says that its database is older than its code.')
  for (const answer of refused) say(`/health: ${describeRefusal(answer)}.`)
  const run = (await rehearsal.ask('billing', 'POST', '/api/sync/run')) as { outcome: string; error?: string }
  if (run.outcome !== 'failed' || !run.error?.includes('is older than its code')) {
    throw new CommandFailure(`A pull ended ${run.outcome}: ${run.error ?? 'without an error'}.`)
  }
  say(`A pull fails: ${run.error}.`)
  await rehearsal.end()
  await Promise.all(apps.map((app) => app.start(later)))
  say('The migrations were applied again.')
  tell(rehearsal, 'The pulls repair', await rehearsal.pull())
  await expectIssued(rehearsal, issued)
  say('The approval came back as it was issued.')
  await rehearsal.examine()
}

async function awayForADay(rehearsal: Rehearsal): Promise<void> {
  const { billing, say } = rehearsal
  await begin(rehearsal)
  await billing.end()
  say('Billing is away.')
  await rehearsal.importOrders(21, 20 + A_DAY_OF_ORDERS)
  await rehearsal.importOrders(21, 20 + A_DAY_OF_ORDERS / 10, 300)
  say(`${count(A_DAY_OF_ORDERS, 'order')} were placed meanwhile, a tenth of them amended.`)
  await billing.start()
  const pulled = await rehearsal.pull()
  tell(rehearsal, 'Billing is back', pulled)
  if (pulled.created !== A_DAY_OF_ORDERS) throw new CommandFailure(`${pulled.created} orders arrived.`)
  await rehearsal.examine()
}

async function upgrade(rehearsal: Rehearsal, { from }: Options): Promise<void> {
  const { ordering, billing, say } = rehearsal
  const earlier = join(rehearsal.directory, 'earlier')
  const commit = await checkOut(from ?? (await findEarlierRelease()), earlier)
  await Promise.all([ordering.start(earlier), billing.start(earlier)])
  say(`Both apps run the code of ${commit}.`)
  await rehearsal.importOrders(1, 20)
  tell(rehearsal, 'Twenty orders arrive', await rehearsal.pull())
  const issued = [await rehearsal.approve(1)]
  await ordering.end()
  await ordering.start()
  say('Ordering is upgraded; billing is not yet.')
  await goOn(rehearsal)
  await billing.end()
  await billing.start()
  say('Billing is upgraded.')
  await rehearsal.importOrders(31, 35)
  tell(rehearsal, 'Five more', await rehearsal.pull())
  await expectIssued(rehearsal, issued)
  await republishAll(ordering.origin, 0, () => undefined)
  tell(rehearsal, 'All orders were sent again', await rehearsal.pull())
  await expectIssued(rehearsal, issued)
  await rehearsal.examine()
}

/** Twenty orders, read by billing. */
async function begin(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.start()
  await rehearsal.importOrders(1, 20)
  tell(rehearsal, 'Twenty orders arrive', await rehearsal.pull())
}

/** Ten more orders, five of the first amended, one deleted: read by billing. */
async function goOn(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.importOrders(21, 30)
  await rehearsal.importOrders(6, 10, 300)
  await rehearsal.ask('ordering', 'DELETE', '/api/orders/20')
  tell(rehearsal, 'Ten more, five amended, one deleted', await rehearsal.pull())
}

function tell({ say }: Rehearsal, what: string, { runs, created, changed, removed, seconds }: Pulled): void {
  const done = `${spell(created)} created, ${spell(changed)} changed, ${spell(removed)} removed`
  say(`${what}: ${done}, in ${count(runs, 'run')} and ${seconds} s.`)
}

/** Gives the orders back that ordering has lost, after a preview, and reads them again. */
async function bringBack(rehearsal: Rehearsal): Promise<void> {
  const { orphaned } = (await rehearsal.ask('billing', 'GET', '/api/sync')) as { orphaned: number[] }
  if (orphaned.length === 0) throw new CommandFailure('No order is missing in ordering.')
  rehearsal.say(`Ordering no longer has ${count(orphaned.length, 'order')}: ${orphaned.join(', ')}.`)
  await rehearsal.ask('billing', 'POST', '/api/sync/orphans/restore', { preview: true })
  const outcome = await rehearsal.ask('billing', 'POST', '/api/sync/orphans/restore', { preview: false })
  const { restored } = outcome as { restored: number[] }
  tell(rehearsal, `${count(restored.length, 'order')} were restored`, await rehearsal.pull())
}

async function expectIssued(rehearsal: Rehearsal, issued: readonly string[]): Promise<void> {
  for (const [index, number] of issued.entries()) {
    const invoice = await rehearsal.ask('billing', 'GET', `/api/invoices/${index + 1}`)
    const { invoiceNumber, state } = invoice as { invoiceNumber: string | null; state: string }
    if (invoiceNumber !== number || state !== 'Approved') {
      throw new CommandFailure(`Invoice ${index + 1} was issued as ${number}, and is ${state} as ${invoiceNumber}.`)
    }
  }
}
