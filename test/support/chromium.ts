import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import bundled, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

// Not the package's own arguments: they turn web security off, which is what pages are tested for.
const ARGS = ['--no-sandbox', '--font-render-hinting=none']
// The package unpacks them only where it believes to be in a Lambda.
const LIBRARIES = join(import.meta.dirname, '../../node_modules/@sparticuz/chromium/bin/al2023.tar.br')
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Unpacks the Chromium that npm has installed, once for a whole run: two at a time would read each other's half. */
export async function setup(): Promise<void> {
  if (!isShippedHere()) return
  await Promise.all([bundled.executablePath(), inflate(LIBRARIES)])
}

/** Launches the Chromium that CHROMIUM names, else the one that npm has installed, else the system's. */
export async function launch(args: string[]): Promise<Browser> {
  const tried: string[] = []
  for (const options of await listCandidates()) {
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

async function listCandidates(): Promise<LaunchOptions[]> {
  const named = process.env['CHROMIUM']
  if (named !== undefined) return [{ executablePath: named }]
  const installed: LaunchOptions[] = [
    ...INSTALLED.filter((path) => existsSync(path)).map((executablePath) => ({ executablePath })),
    { channel: 'chrome' },
  ]
  return isShippedHere() ? [await describeShipped(), ...installed] : installed
}

function isShippedHere(): boolean {
  return process.platform === 'linux' && process.arch === 'x64'
}

/** The libraries and fonts that a bare system lacks come in the package, too. */
async function describeShipped(): Promise<LaunchOptions> {
  const fonts = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(tmpdir(), 'fonts') }
  const env = { ...process.env, ...fonts, LD_LIBRARY_PATH: join(tmpdir(), 'al2023/lib') }
  return { executablePath: await bundled.executablePath(), env }
}
