import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { launch, setup } from '../../test/support/chromium.ts'
import { closeAll } from '../../test/support/closing.ts'
import { readEveryPage, type ShownPage } from '../../test/support/every-page.ts'
import { openShown } from '../../test/support/show.ts'
import { startTogether } from '../../test/support/together.ts'
import { ROOT, STATE } from './paths.ts'

const USAGE = `npm run pictures -- [options]

Fills both apps with sample data, in memory, and takes a picture of every page: 390 and 1280 wide, light and dark.

  --only TEXT   only pages whose name contains the text
  --to FOLDER   where the pictures go (.waybill/pictures)`

const LOOKS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)
const HEIGHTS: Record<number, number> = { 1280: 900, 390: 844 }

/** Takes a picture of every page of both apps. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      to: { type: 'string', default: join(STATE, 'pictures') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return
  }
  try {
    await setup()
    const pages = (await readEveryPage(await startTogether())).filter(({ app, name }) =>
      `${app}-${name}`.includes(values.only),
    )
    await rm(values.to, { recursive: true, force: true })
    await mkdir(values.to, { recursive: true })
    const browser = await launch([])
    try {
      for (const look of LOOKS) await takePictures(browser, pages, look, values.to)
    } finally {
      await browser.close()
    }
    console.log(`${pages.length * LOOKS.length} pictures are in ${relative(ROOT, values.to)}`)
  } finally {
    await closeAll()
  }
}

async function takePictures(
  browser: Browser,
  pages: readonly ShownPage[],
  { width, colorScheme }: (typeof LOOKS)[number],
  folder: string,
): Promise<void> {
  const viewport = { width, height: HEIGHTS[width] ?? width }
  const { show, close } = await openShown(browser, { viewport, colorScheme, timezoneId: 'Europe/Berlin' })
  for (const shown of pages) {
    const page = await show(shown)
    await page.screenshot({
      path: join(folder, `${shown.app}-${shown.name}-${width}-${colorScheme}.png`),
      fullPage: true,
      animations: 'disabled',
    })
  }
  await close()
}
