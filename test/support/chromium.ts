import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import bundled, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

// Not the package's own arguments: they turn web security off, which is what pages are tested for.
const ARGS = ['--no-sandbox', '--font-render-hinting=none']
// The package unpacks them only where it believes to be in a Lambda.
const LIBRARIES = join(import.meta.dirname, '../../node_modules/@sparticuz/chromium/bin/al2023.tar.br')
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The variable that names where Chromium is unpacked: not in a run's own directory, so that the next run finds it. */
const UNPACKED_IN = 'WAYBILL_CHROMIUM'

/** Unpacks the Chromium that npm has installed, once for a whole run: two at a time would read each other's half. */
export async function setup(): Promise<void> {
  if (!isShippedHere() || env[UNPACKED_IN] !== undefined) return
  env[UNPACKED_IN] = tmpdir()
  await Promise.all([bundled.executablePath(), inflate(LIBRARIES)])
}

/** Launches the Chromium that CHROMIUM names, else the one that npm has installed, else the system's. */
export async function launch(args: string[]): Promise<Browser> {
  const tried: string[] = []
  for (const options of listCandidates()) {
    try {
      return await chromium.launch({ ...options, headless: true, timeout: 60_000, args: [...ARGS, ...args] })
    } catch (error) {
      tried.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(
    `No Chromium starts here, so no page was tested: name one in CHROMIUM, or install one.\n${tried.join('\n')}`,
  )
}

function listCandidates(): LaunchOptions[] {
  const named = env['CHROMIUM']
  if (named !== undefined) return [{ executablePath: named }]
  const installed: LaunchOptions[] = [
    ...INSTALLED.filter((path) => existsSync(path)).map((executablePath) => ({ executablePath })),
    { channel: 'chrome' },
  ]
  return isShippedHere() ? [describeShipped(), ...installed] : installed
}

function isShippedHere(): boolean {
  return process.platform === 'linux' && process.arch === 'x64'
}

/** The libraries and fonts that a bare system lacks come in the package, too. */
function describeShipped(): LaunchOptions {
  const directory = env[UNPACKED_IN] ?? tmpdir()
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(directory, 'fonts') }
  const environment = { ...env, ...fonts, LD_LIBRARY_PATH: join(directory, 'al2023/lib') }
  return { executablePath: join(directory, 'chromium'), env: environment }
}
