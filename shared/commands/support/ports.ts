import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { App } from './app.ts'
import { CommandFailure } from './command.ts'

const ADDRESSES = ['127.0.0.1', '::1', '0.0.0.0']

/** A port of this machine that nothing listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Throws a CommandFailure if something listens on the app's port already. */
export async function refuseTakenPort(app: App, option: string): Promise<void> {
  if (!(await isPortTaken(app.port))) return
  throw new CommandFailure(
    `Port ${app.port} is in use, and ${app.title} needs it: end what listens there, or choose another port with ` +
      `npm start -- ${option} ${app.port + 10}`,
  )
}

/** Whether something listens on the port already, at whichever of this machine's own addresses. */
export async function isPortTaken(port: number): Promise<boolean> {
  for (const address of ADDRESSES) if (await isTaken(port, address)) return true
  return false
}

async function isTaken(port: number, host: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return false
  } catch (error) {
    // A machine without IPv6 has no ::1 to listen on, and nothing listens there.
    return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  }
}
