import type { Page } from 'playwright-core'
import { getDocumentProxy } from 'unpdf'

/** A piece of text on a sheet, in points from the sheet's lower left corner. */
export type Piece = { text: string; left: number; right: number; bottom: number; top: number; turned: boolean }
/** A printed sheet. */
export type Sheet = { width: number; height: number; pieces: Piece[] }

export type Paper = 'A4' | 'Letter'

/** What the page is as a PDF of Chromium's, read as text with its places. */
export async function printSheets(page: Page, format: Paper): Promise<Sheet[]> {
  const document = await getDocumentProxy(new Uint8Array(await page.pdf({ format })))
  const sheets: Sheet[] = []
  for (let number = 1; number <= document.numPages; number += 1) {
    const sheet = await document.getPage(number)
    const [, , width = 0, height = 0] = sheet.view
    const { items } = await sheet.getTextContent()
    const pieces = items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [pieceOf(item)] : []))
    sheets.push({ width, height, pieces })
  }
  return sheets
}

/** The lines of a sheet from above, each as it is read, without white space. */
export function linesOf({ pieces }: Sheet): string[] {
  const byBaseline = Map.groupBy(pieces, ({ bottom }) => Math.round(bottom))
  return [...byBaseline]
    .sort(([one], [other]) => other - one)
    .map(([, line]) => line.map(({ text }) => withoutSpace(text)).join(''))
}

export function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '')
}

const POINTS_PER_MM = 72 / 25.4
const MARGINS = { left: 16 * POINTS_PER_MM, top: 18 * POINTS_PER_MM, bottom: 20 * POINTS_PER_MM }
const TOLERANCE = 1.5

/** The pieces that reach beyond the room for text; the page's number stands below it. */
export function listOutside({ width, height, pieces }: Sheet): string[] {
  return pieces
    .filter(({ turned, left, right, bottom, top }) => {
      if (turned || top < MARGINS.bottom) return false
      const beside = left < MARGINS.left - TOLERANCE || right > width - MARGINS.left + TOLERANCE
      return beside || bottom < MARGINS.bottom - TOLERANCE || top > height - MARGINS.top + TOLERANCE
    })
    .map(({ text }) => text)
}

/** The pieces that cover one another. In Japanese a bracket and a comma share a place of one letter. */
export function listOverlaps({ pieces }: Sheet): string[] {
  const upright = pieces.filter(({ turned }) => !turned)
  return upright.flatMap((one, index) =>
    upright
      .slice(index + 1)
      .filter(
        (other) =>
          one.left < other.right - slackOf(one, other) &&
          other.left < one.right - slackOf(one, other) &&
          one.bottom < other.top - TOLERANCE &&
          other.bottom < one.top - TOLERANCE,
      )
      .map((other) => `${one.text} and ${other.text}`),
  )
}

function slackOf(one: Piece, other: Piece): number {
  const neighbours = WIDE.test(one.text) && WIDE.test(other.text) && one.bottom === other.bottom
  return neighbours ? one.top - one.bottom : TOLERANCE
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

type TextItem = { str: string; transform: number[]; width: number; height: number }

function pieceOf({ str, transform, width, height }: TextItem): Piece {
  const [, rise = 0, , , left = 0, bottom = 0] = transform
  // The letters' own height, without what lies between two lines.
  return { text: str, left, right: left + width, bottom, top: bottom + height * 0.7, turned: rise !== 0 }
}
