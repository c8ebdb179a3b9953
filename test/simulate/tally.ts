import type { HistoryResult } from './history.ts'
import { formatTime, type Output } from '../../shared/commands/support/progress.ts'
import { count, spell } from '../../shared/commands/support/output.ts'

const WIDTH = 24
const PLAIN_EVERY_MS = 10_000

/** What histories have come to so far, shown as they end. */
export type Tally = {
  add: (result: HistoryResult) => void
  tell: (text: string) => void
  failed: () => number
  /** Clears the bar and returns the figures, in lines. */
  end: () => string
}

/** A bar with time left on a terminal; elsewhere a plain line every ten seconds. */
export function startTally(total: number, out: Output): Tally {
  const startedAt = performance.now()
  const clear = out.isTTY ? '\r\u001B[2K' : ''
  const injected = new Map<string, number>()
  const sums = { histories: 0, failed: 0, steps: 0, orders: 0 }
  let shownAt = startedAt

  const seconds = (): number => (performance.now() - startedAt) / 1_000

  function line(): string {
    const left = (seconds() / sums.histories) * (total - sums.histories)
    const described = `${spell(sums.histories)} of ${spell(total)} histories, ${spell(sums.failed)} failed, ${formatTime(left)} left`
    if (!out.isTTY) return described
    const full = Math.round((WIDTH * sums.histories) / total)
    return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}  ${described}`
  }

  return {
    add({ steps, orders, failures, injected: ofHistory }) {
      sums.histories += 1
      sums.steps += steps
      sums.orders += orders
      if (failures.length > 0) sums.failed += 1
      for (const [kind, times] of ofHistory) injected.set(kind, (injected.get(kind) ?? 0) + times)
      if (!out.isTTY && performance.now() - shownAt < PLAIN_EVERY_MS) return
      shownAt = performance.now()
      out.write(out.isTTY ? clear + line() : `${line()}\n`)
    },
    tell: (text) => void out.write(`${clear}${text}\n`),
    failed: () => sums.failed,
    end() {
      out.write(clear)
      const kinds = [...injected].sort(([one], [other]) => one.localeCompare(other))
      return [
        'Injected:',
        ...kinds.map(([kind, times]) => `${spell(times).padStart(8)}  ${kind}`),
        `${count(sums.histories, 'history').replace('historys', 'histories')}, ${spell(sums.steps)} steps, ` +
          `${spell(sums.orders)} orders in ${formatTime(seconds())} min; ${spell(sums.failed)} failed.`,
      ].join('\n')
    },
  }
}
