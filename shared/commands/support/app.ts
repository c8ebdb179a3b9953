import { join } from 'node:path'
import type { AppName } from '../../project/project.ts'
import { STATE } from './paths.ts'

/** One of the two apps as a start runs it. */
export type App = { name: AppName; title: string; port: number; otherOriginVar: string }

export type Ports = { ordering: number; billing: number }

/** Both apps, at these ports. */
export function appsAt(ports: Ports): [ordering: App, billing: App] {
  return [
    { name: 'ordering', title: 'Ordering', port: ports.ordering, otherOriginVar: 'BILLING_ORIGIN' },
    { name: 'billing', title: 'Billing', port: ports.billing, otherOriginVar: 'ORDERING_ORIGIN' },
  ]
}

/** The app's address on this machine. */
export function originOf(app: App): string {
  return `http://localhost:${app.port}`
}

/** Where a start listens: this machine alone can ask it. */
const ADDRESS = '127.0.0.1'

/** Where the app's database and Durable Objects are kept: apart, for two processes would wait for each other's locks. */
export function stateOf(name: App['name']): string {
  return join(STATE, 'state', name)
}

/** Where wrangler's and the app's own output goes in a start. */
export function logFileOf(name: App['name']): string {
  return join(STATE, `${name}.log`)
}

/**
 * What wrangler dev is told to run the app with. The address is named: left to the resolver, localhost is ::1 on a
 * machine whose hosts file says so, and without IPv6 nothing can listen there.
 * @param otherOrigin the other app's address
 */
export function devArguments(app: App, otherOrigin: string): string[] {
  const at = ['--ip', ADDRESS, '--port', String(app.port), '--inspector-ip', ADDRESS, '--inspector-port', '0']
  const vars = ['--var', `ORIGIN:${originOf(app)}`, '--var', `${app.otherOriginVar}:${otherOrigin}`]
  return [...at, ...vars, '--show-interactive-dev-session=false']
}
