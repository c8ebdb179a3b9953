import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/** Why a command cannot do what it was asked, in one sentence for the person who asked. */
export class CommandFailure extends Error {}

/** A command, to be run with the arguments that a person has given. */
export type Command = (args: string[]) => Promise<void>

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>
type Definition<Options extends ParseArgsOptionsConfig> = {
  /** What --help prints, and a command whose operands are too many: how it is called, what it does, its options. */
  usage: string
  options: Options
  /** The most operands that it takes; left out: none. */
  operands?: number
  /** Does it. A CommandFailure that it throws is printed as one sentence. */
  act: (values: Parsed<Options>['values'], operands: string[]) => Promise<void>
}

/** A command by its options, each as parseArgs has them. --help is an option of every one. */
export function defineCommand<const Options extends ParseArgsOptionsConfig>({
  usage,
  options,
  operands = 0,
  act,
}: Definition<Options>): Command {
  return async (args) => {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: operands > 0,
      options: { ...options, help: { type: 'boolean', short: 'h', default: false } },
    })
    if ((values as { help: boolean }).help) console.log(usage)
    else if (positionals.length > operands) throw new CommandFailure(usage)
    else await act(values, positionals)
  }
}

/** Runs a command; what it fails with becomes one sentence and exit code 1. */
export async function run(command: Command, args: string[]): Promise<void> {
  try {
    await command(args)
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
