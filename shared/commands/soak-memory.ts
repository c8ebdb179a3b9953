import { readdirSync, readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096

/** The memory that this process and all that it started hold, in bytes; this process alone where there is no /proc. */
export function measureMemory(): number {
  try {
    return sumOf(process.pid, readProcesses())
  } catch {
    return process.memoryUsage().rss
  }
}

type Process = { pid: number; parent: number; bytes: number }

function readProcesses(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name stands in parentheses and may hold spaces; the parent is the second field behind it, the pages the 22nd.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [{ pid: Number(pid), parent: Number(fields[1]), bytes: Number(fields[21]) * PAGE_BYTES }]
    } catch {
      return [] // It has ended meanwhile.
    }
  })
}

function sumOf(pid: number, processes: readonly Process[]): number {
  const own = processes.find((process) => process.pid === pid)?.bytes ?? 0
  const children = processes.filter(({ parent }) => parent === pid)
  return children.reduce((sum, child) => sum + sumOf(child.pid, processes), own)
}
