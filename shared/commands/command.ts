/** Why a command cannot do what it was asked, in one sentence for the person who asked. */
export class CommandFailure extends Error {}

/** Runs a command; what it fails with becomes one sentence and exit code 1. */
export async function run(main: (args: string[]) => Promise<void>, args: string[]): Promise<void> {
  try {
    await main(args)
  } catch (error) {
    const expected = error instanceof CommandFailure || isUsage(error)
    console.error(expected ? error.message : error)
    process.exitCode = 1
  }
}

/** Whether parseArgs refused an option: its message is written for people. */
function isUsage(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
