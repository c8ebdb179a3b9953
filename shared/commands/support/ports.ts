import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { CommandFailure } from './command.ts'

const ADDRESSES = ['127.0.0.1', '::1', '0.0.0.0']
const PORTS_TRIED = 100

/** A port of this machine that nothing listens on; the system may hand it out again after a while. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The first port from `first` on that nothing listens on: it stays free for what is ended and started again there. */
export async function findFreePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED; port += 1) if (!(await isPortTaken(port))) return port
  throw new CommandFailure(`The ports from ${first} on are all in use.`)
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
