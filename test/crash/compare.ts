import { setTimeout as wait } from 'node:timers/promises'
import type { Order } from '../../shared/contract/order.ts'
import type { Apps } from './apps.ts'

const MOST_PULLS = 60
/** A run that was killed holds the pull for half a minute. */
const PULL_EVERY_MS = 1_000

/** Pulls to the end and holds every order of ordering against billing's copy and invoice. */
export async function compareBoth(
  { ordering, billing }: Apps,
  expected: number,
): Promise<{ orders: number; failures: string[] }> {
  const failures: string[] = []
  if (!(await pullToTheEnd(billing))) failures.push(`pulls did not come to an end in ${MOST_PULLS} runs`)
  const orders = await readAll<Order>(`${ordering}/api/orders`, 'orders')
  if (orders.length !== expected) failures.push(`${expected} orders were imported, and ordering has ${orders.length}`)
  for (const { number, revision, fingerprint } of orders) {
    const answer = await fetch(`${billing}/api/orders/${number}`)
    const copy = (await answer.json()) as Partial<Order>
    if (answer.status !== 200) failures.push(`order ${number} has no copy: ${answer.status}`)
    else if (copy.revision !== revision || copy.fingerprint !== fingerprint) failures.push(`order ${number} differs`)
  }
  const invoices = await readAll<{ orderNumber: number }>(`${billing}/api/invoices`, 'invoices')
  const invoiced = new Set(invoices.map(({ orderNumber }) => orderNumber))
  if (invoices.length !== orders.length || invoiced.size !== orders.length) {
    failures.push(`${orders.length} orders have ${invoices.length} invoices`)
  }
  const compared = await fetch(`${billing}/api/sync/compare`, { method: 'POST', headers: { Origin: billing } })
  const { differing = [] } = (await compared.json()) as { differing?: number[] }
  if (compared.status !== 200 || differing.length > 0) {
    failures.push(`the comparison answers ${compared.status}, ${differing.join(', ')} differ`)
  }
  return { orders: orders.length, failures }
}

async function pullToTheEnd(billing: string): Promise<boolean> {
  for (let run = 1; run <= MOST_PULLS; run += 1) {
    const answer = await fetch(`${billing}/api/sync/run`, { method: 'POST', headers: { Origin: billing } })
    const { outcome, pages } = (await answer.json()) as { outcome: string; pages: number }
    if (outcome === 'ok' && pages === 0) return true
    if (outcome !== 'ok') await wait(PULL_EVERY_MS)
  }
  return false
}

async function readAll<Row>(address: string, member: string): Promise<Row[]> {
  const all: Row[] = []
  for (let after = ''; ;) {
    const answer = await fetch(`${address}?limit=200${after}`)
    const page = (await answer.json()) as { next: number | null } & Record<string, Row[]>
    all.push(...(page[member] ?? []))
    if (page.next === null) return all
    after = `&after=${page.next}`
  }
}
