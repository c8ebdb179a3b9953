const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const LOOK_EVERY_MS = 500

/** How a command that stays is told to end. The signal is aborted once it does. */
export type End = { told: Promise<'end'>; signal: AbortSignal; abort: () => void }

/** Resolves when this process is told to end: by Ctrl-C, by another process, by its terminal's or npm's end. */
export function whenToldToEnd(): End {
  const controller = new AbortController()
  const told = new Promise<'end'>((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve('end'))
    // npm hands a signal to the shell between it and this process, and the shell keeps it to itself.
    const byNpm = process.env['npm_lifecycle_event'] !== undefined
    if (byNpm) void whenOrphaned(controller.signal).then(() => resolve('end'))
  })
  return { told, signal: controller.signal, abort: () => controller.abort() }
}

function whenOrphaned(signal: AbortSignal): Promise<void> {
  const parent = process.ppid
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid !== parent) resolve()
    }, LOOK_EVERY_MS)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  })
}
