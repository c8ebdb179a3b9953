import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandFailure, defineCommand } from '../../shared/commands/support/command.ts'
import { ROOT } from '../../shared/project/project.ts'

const USAGE = `npm run shipments

Starts the example of test/examples/shipments on this machine: a warehouse that ships, and customer care that sees it. Their
databases are kept in .waybill/shipments; customer care pulls each minute, as its Cron Trigger does where it is deployed.
Ctrl-C ends both.`

const WORKERS = [
  { name: 'warehouse', port: 8797 },
  { name: 'care', port: 8798 },
] as const
const STATE = ['--persist-to', join(process.cwd(), '.waybill/shipments')]
const MINUTE_MS = 60_000

/** Starts both Workers. */
export const command = defineCommand({
  usage: USAGE,
  options: {},
  async act() {
    for (const { name } of WORKERS) {
      const applied = wrangler(name, 'd1', 'migrations', 'apply', 'DB', '--local')
      const [code] = (await once(applied, 'exit')) as [number]
      if (code !== 0) throw new CommandFailure(`The migrations of ${name} were not applied`)
    }
    for (const { name, port } of WORKERS) {
      const started = wrangler(name, 'dev', '--port', String(port), '--inspector-port', '0', '--test-scheduled')
      process.once('exit', () => started.kill())
      while (!(await isUp(port))) await wait(200)
    }
    console.log('The warehouse is at http://localhost:8797, customer care at http://localhost:8798. Ctrl-C ends both.')
    for (;;) {
      await fetch('http://localhost:8798/__scheduled?cron=*+*+*+*+*')
      await wait(MINUTE_MS)
    }
  },
})

function wrangler(name: string, ...args: string[]): ChildProcess {
  const bin = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const env = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
  return spawn(process.execPath, [bin, ...args, '--config', `${name}/wrangler.toml`, ...STATE], {
    cwd: join(ROOT, 'test/examples/shipments'),
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

async function isUp(port: number): Promise<boolean> {
  return fetch(`http://localhost:${port}/`).then(
    () => true,
    () => false,
  )
}
