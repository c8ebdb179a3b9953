// JavaScript, since it has to run where Node cannot read TypeScript, to say so.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * A command that knows the platform's types, which the others do not: its folder has a tsconfig.json of its own.
 * @param {string} path
 * @returns {Promise<{ command: import('./support/command.ts').Command }>}
 */
const load = (path) => import(path)

const COMMANDS = {
  deploy: () => import('./deploy/command.ts'),
  erase: () => import('./erase.ts'),
  doctor: () => import('./doctor/command.ts'),
  handover: () => load('./handover/command.ts'),
  import: () => import('./import/command.ts'),
  migration: () => load('./migration/command.ts'),
  republish: () => import('./republish.ts'),
  rehearse: () => import('./rehearse/command.ts'),
  reset: () => import('./reset.ts'),
  rooms: () => import('./rooms/command.ts'),
  scenario: () => import('./scenario/command.ts'),
  start: () => import('./start/command.ts'),
  types: () => import('./types.ts'),

  // These are tests themselves, and nothing else of what is imported from here may be.
  bench: () => import('../../test/bench/command.ts'),
  conformance: () => import('../../test/conformance/command.ts'),
  crash: () => import('../../test/crash/command.ts'),
  explore: () => import('../../test/explore/command.ts'),
  mutants: () => import('../../test/mutants/command.ts'),
  pictures: () => import('../../test/pictures/command.ts'),
  shipments: () => import('../../test/shipments/start.ts'),
  simulate: () => import('../../test/simulate/command.ts'),
  soak: () => import('../../test/soak/command.ts'),
}

const [name = '', ...args] = process.argv.slice(2)

if (!existsSync(fileURLToPath(new URL('../../node_modules/wrangler', import.meta.url).href))) {
  stop('Waybill is not installed yet: run npm ci first.')
} else if (!process.features.typescript) {
  stop(
    `Waybill's commands need Node 22.18 or newer, and this is ${process.version}. On Linux npm ci puts one into ` +
      'node_modules/.bin: run it again without leaving optional packages out. Elsewhere install a newer Node.',
  )
} else if (isCommand(name)) {
  // wrangler is 15 MB of JavaScript, which npm start loads twice: what Node has compiled of it is kept for the next start.
  const { directory } = module.enableCompileCache()
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory
  const { run } = await import('./support/command.ts')
  const { command } = await COMMANDS[name]()
  await run(command, args)
} else {
  stop(`There is no command ${name}: ${Object.keys(COMMANDS).join(', ')} are.`)
}

/**
 * @param {string} text
 * @returns {text is keyof typeof COMMANDS}
 */
function isCommand(text) {
  return Object.hasOwn(COMMANDS, text)
}

/** @param {string} why */
function stop(why) {
  console.error(why)
  process.exitCode = 1
}
