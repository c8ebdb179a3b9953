import { readdirSync, readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096

/** The memory of processes, in bytes, by the name of their program. */
export type MemoryByProcess = Map<string, number>

/** The memory that this process, as `node`, and all that it started hold; this process alone where there is no /proc. */
export function measureMemory(): MemoryByProcess {
  const memory: MemoryByProcess = new Map([['node', process.memoryUsage().rss]])
  try {
    addChildren(process.pid, readProcesses(), memory)
  } catch {
    // No /proc: an operating system that has it not.
  }
  return memory
}

type Process = { pid: number; parent: number; name: string; bytes: number }

function readProcesses(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name stands in parentheses and may hold spaces; the parent is the second field behind it, the pages the 22nd.
      const [start, end] = [stat.indexOf('('), stat.lastIndexOf(')')]
      const fields = stat.slice(end + 2).split(' ')
      const bytes = Number(fields[21]) * PAGE_BYTES
      return [{ pid: Number(pid), parent: Number(fields[1]), name: stat.slice(start + 1, end), bytes }]
    } catch {
      return [] // It has ended meanwhile.
    }
  })
}

function addChildren(parent: number, processes: readonly Process[], memory: MemoryByProcess): void {
  for (const child of processes.filter((process) => process.parent === parent)) {
    memory.set(child.name, (memory.get(child.name) ?? 0) + child.bytes)
    addChildren(child.pid, processes, memory)
  }
}
