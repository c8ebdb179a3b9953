/** Why a command cannot do what it was asked, in one sentence for the person who asked. */
export class CommandFailure extends Error {}

/** Runs a command; what it fails with becomes one sentence and exit code 1. */
export async function run(main: (args: string[]) => Promise<void>, args: string[]): Promise<void> {
  try {
    await main(args)
  } catch (error) {
    console.error(explain(error))
    process.exitCode = 1
  }
}

/** Whether parseArgs refused an option: its message is written for people. */
function isUsage(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** What the person is told: a sentence where the cause is theirs to remove, all that is known where it is a fault. */
function explain(error: unknown): unknown {
  if (error instanceof CommandFailure || isUsage(error)) return error.message
  if (!(error instanceof Error) || !('code' in error)) return error
  const where = 'path' in error ? String(error.path) : 'a file'
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `Cannot write ${where}: the disk is full. Free some space, and run it again.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Cannot write ${where}: you may not write there. Allow it, or name another folder by WAYBILL_STATE.`
    default:
      return error
  }
}
