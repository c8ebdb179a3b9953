import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Browser } from 'playwright-core'
import { launch, setup } from '../support/chromium.ts'
import { readEveryPage, type ShownPage } from '../support/every-page.ts'
import { openShown } from '../support/show.ts'
import { closeRunning, startTogether } from '../support/together.ts'
import { defineCommand } from '../../shared/commands/support/command.ts'
import { ROOT } from '../../shared/project/project.ts'
import { STATE } from '../../shared/commands/support/paths.ts'
import { takePlayedScenario, takeScenarioPictures } from './scenarios.ts'

const USAGE = `npm run pictures -- [options]

Fills both apps with sample data, in memory, and takes a picture of every page: 390 and 1280 wide, light and dark.
The sheets are printed to PDF as well, on A4.

  --only TEXT   only pages whose name contains the text
  --to FOLDER   where the pictures go (.waybill/pictures)
  --docs        only the README's pictures, into shared/docs`

/** The README's pictures, by the pages that they are of. */
const README = new Map([
  ['billing-invoice-by-link', 'invoice.png'],
  ['billing-sync', 'sync.png'],
  ['ordering-new-order-copied', 'order-form.png'],
])

const SCENARIO = 'scenario.png'
const DOCS = join(ROOT, 'shared/docs')
const TIME_ZONE = 'Europe/Berlin'
const LOOKS = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
].flatMap((viewport) =>
  (['light', 'dark'] as const).map((colorScheme) => ({
    look: `${viewport.width}-${colorScheme}`,
    viewport,
    colorScheme,
    timezoneId: TIME_ZONE,
  })),
)

/** Takes a picture of every page of both apps. */
export const command = defineCommand({
  usage: USAGE,
  options: {
    only: { type: 'string', default: '' },
    to: { type: 'string', default: join(STATE, 'pictures') },
    docs: { type: 'boolean', default: false },
  },
  async act(values) {
    try {
      await setup()
      const pages = await readEveryPage(await startTogether())
      const browser = await launch([])
      try {
        if (values.docs) await takeReadmePictures(browser, pages)
        else await takeAllPictures(browser, pages, values.only, values.to)
      } finally {
        await browser.close()
      }
    } finally {
      await closeRunning()
    }
  },
})

async function takeAllPictures(
  browser: Browser,
  pages: readonly ShownPage[],
  only: string,
  folder: string,
): Promise<void> {
  const asked = pages.filter((page) => nameOf(page).includes(only))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const { look, ...options } of LOOKS) {
    const { show, close } = await openShown(browser, options)
    for (const shown of asked) {
      const page = await show(shown)
      await page.screenshot({ path: join(folder, `${nameOf(shown)}-${look}.png`), fullPage: true })
    }
    await close()
  }
  const sheets = await printSheets(browser, asked, folder)
  const more = await takeScenarioPictures(browser, LOOKS, only, folder)
  console.log(`${asked.length * LOOKS.length + more} pictures and ${sheets} sheets are in ${relative(ROOT, folder)}`)
}

/** Prints each page that is a document. */
async function printSheets(browser: Browser, pages: readonly ShownPage[], folder: string): Promise<number> {
  const documents = pages.filter(({ html }) => html.includes(' data-sheet="'))
  const { show, close } = await openShown(browser, {})
  for (const shown of documents) {
    const page = await show(shown)
    await page.pdf({ path: join(folder, `${nameOf(shown)}.pdf`), format: 'A4' })
  }
  await close()
  return documents.length
}

async function takeReadmePictures(browser: Browser, pages: readonly ShownPage[]): Promise<void> {
  const options = { viewport: { width: 1280, height: 900 }, colorScheme: 'light', timezoneId: TIME_ZONE } as const
  const { show, close } = await openShown(browser, options)
  for (const shown of pages) {
    const file = README.get(nameOf(shown))
    if (file === undefined) continue
    const page = await show(shown)
    await page.screenshot({ path: join(DOCS, file) })
    console.log(`${relative(ROOT, join(DOCS, file))} is ${nameOf(shown)}`)
  }
  await close()
  await takePlayedScenario(browser, options, join(DOCS, SCENARIO))
  console.log(`${relative(ROOT, join(DOCS, SCENARIO))} is of a scenario`)
}

function nameOf({ app, name }: ShownPage): string {
  return `${app}-${name}`
}
