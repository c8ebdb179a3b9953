import { spell } from './output.ts'

const WIDTH = 24
const PLAIN_EVERY_MS = 2_000
/** Drawn at most so often, lest drawing be the work. */
const DRAWN_EVERY_MS = 100

/** Where progress is shown: the standard output, as far as it is needed. */
export type Output = { isTTY: boolean; write: (text: string) => boolean }
/** How far an import is, in lines. */
export type Progress = { show: (lines: number) => void; tell: (text: string) => void; end: () => void }

/**
 * A bar with rate and time left on a terminal; elsewhere a plain line every two seconds.
 * @param already lines that an earlier import has done, which say nothing about the rate
 */
export function startProgress(total: number, already: number, out: Output): Progress {
  const startedAt = performance.now()
  let shownAt = startedAt
  const clear = out.isTTY ? '\r\u001B[2K' : ''

  function line(lines: number): string {
    const seconds = (performance.now() - startedAt) / 1_000
    const rate = (lines - already) / Math.max(seconds, 0.001)
    const left = rate > 0 ? formatTime((total - lines) / rate) : '–:––'
    const percent = total === 0 ? 100 : Math.floor((100 * lines) / total)
    const described = `${spell(lines)} of ${spell(total)} lines, ${spell(Math.round(rate))}/s, ${left} left`
    return out.isTTY
      ? `${bar(lines / Math.max(total, 1))} ${String(percent).padStart(3)} %  ${described}`
      : `${percent} %: ${described}`
  }

  return {
    show(lines) {
      const now = performance.now()
      if (now - shownAt < (out.isTTY ? DRAWN_EVERY_MS : PLAIN_EVERY_MS)) return
      shownAt = now
      out.write(out.isTTY ? clear + line(lines) : `${line(lines)}\n`)
    },
    tell: (text) => out.write(`${clear}${text}\n`),
    end: () => out.write(clear),
  }
}

function bar(part: number): string {
  const full = Math.round(WIDTH * part)
  return '█'.repeat(full) + '░'.repeat(WIDTH - full)
}

/** Minutes and seconds: 0:05, 12:40. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
