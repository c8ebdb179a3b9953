import * as z from '../zod.ts'

const WHITE_SPACE = /[\p{White_Space}\ufeff]/u
const LINE_BREAK = /\r\n?/g
const CONTROL_CHARACTER = /\p{Cc}/u
const CONTROL_CHARACTER_BUT_LINE_BREAK = /(?!\n)\p{Cc}/u
/**
 * Embeddings and overrides, and isolates as well: one that is not closed, or closed too often, reaches beyond the text
 * that it stands in. Marks of direction (U+200E, U+200F, U+061C) turn nothing round and are allowed.
 */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/
const NON_CHARACTER = /\p{Noncharacter_Code_Point}/u
/**
 * Anything but white space, what Unicode lets a font ignore, formats, and marks, which need a letter to stand on. Named
 * one by one: what is a letter or a symbol by its category, and blank by its picture (Braille blank, blank and half
 * blank of the hieroglyphs, null notehead, the place of an object that was not copied along).
 */
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{M}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]/u

/** A character of NFC comes from at most 4 of another form, each at most 2 units of UTF-16. */
const MOST_UNITS_A_CHARACTER = 8

/**
 * The one form of a text (contract, section 2): NFC, CR LF and CR as LF, white space at both ends cut off, and with it
 * the byte order mark that some programs begin a text with. What has this form stays as it is.
 */
export function normalizeText(text: string): string {
  return trimEnds(text).normalize('NFC').replaceAll(LINE_BREAK, '\n')
}

// No regular expression: one that looks for white space at the end looks at each run in between to its end.
function trimEnds(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start += 1
  while (start < end && WHITE_SPACE.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

/**
 * How a text is bounded: `most` characters, as people count them, in one line unless it may have several. `question` is
 * what asks for one that must be there.
 */
export type TextBounds = { most: number; lineBreaks?: boolean; question?: string }

/** Why a text is refused, in a sentence for whoever wrote it; undefined if it is not. */
export function judgeText(text: string, { most, lineBreaks = false }: TextBounds): string | undefined {
  // Characters are counted as people do: a code point each, not a UTF-16 unit.
  if (text.length > most && [...text].length > most) return `At most ${most} characters`
  if (!text.isWellFormed()) return 'Not well-formed Unicode'
  const control = lineBreaks ? CONTROL_CHARACTER_BUT_LINE_BREAK : CONTROL_CHARACTER
  if (control.test(text)) return judgeControl(text, lineBreaks)
  if (TURNS_DIRECTION.test(text)) return 'Characters that change the direction of writing are not allowed'
  if (NON_CHARACTER.test(text)) return 'Non-characters of Unicode are not allowed'
  return undefined
}

function judgeControl(text: string, lineBreaks: boolean): string {
  if (text.includes('\t')) return 'Tabs are not allowed: use spaces'
  if (text.includes('\n') && !lineBreaks) return 'Line breaks are not allowed here'
  return 'Control characters are not allowed'
}

const INVISIBLE = 'Must have a visible character'

function isVisible(text: string): boolean {
  return VISIBLE.test(text)
}

/** Why a text that must say something does not; undefined if it does. */
export function judgeVisible(text: string): string | undefined {
  if (text === '') return 'Is empty'
  return isVisible(text) ? undefined : INVISIBLE
}

/** How the texts of a record are read. */
export type TextReader = {
  /** A text that must be there. */
  required: (bounds: TextBounds) => z.ZodMiniString<string>
  /** A text or null; left out, it is null. */
  optional: (bounds: TextBounds) => z.ZodMiniDefault<z.ZodMiniNullable<z.ZodMiniString<string>>>
}

/** As a door reads them: brought to the one form before they are judged; an optional one that is then empty is null. */
export const sentTexts: TextReader = {
  required: (bounds) => sentText(bounds, visible(bounds)),
  optional: (bounds) => z.withDefault(z.nullable(sentText(bounds)).check(emptyAsNull), null),
}

/** An id as a door reads it, where there need not be one: null if it is empty; left out, it stays so. */
export function sentIdOrNone(bounds: TextBounds) {
  const visibleOrEmpty = z.refine<string>((text) => text === '' || isVisible(text), INVISIBLE)
  return z.nullish(sentText(bounds, visibleOrEmpty)).check(emptyAsNull)
}

/**
 * As they stand: judged, and not changed. What has come through a door has the one form; what SQL has written may have
 * another, and whoever copies it must have it to the letter, since both sides are compared.
 */
export const keptTexts: TextReader = {
  required: (bounds) => keptText(bounds, visible({ most: bounds.most })),
  optional: (bounds) => z.withDefault(z.nullable(keptText(bounds)), null),
}

type Check = z.core.CheckFn<string> | z.core.$ZodCheck<string>

// Each `check` makes a schema of its own, so a text is given all of its checks at once.
function sentText(bounds: TextBounds, ...more: Check[]): z.ZodMiniString<string> {
  return z.string(bounds.question).check(broughtToForm(bounds), ...judged(bounds), ...more)
}

/** A text as it stands, which may be empty. */
export function keptText(bounds: TextBounds, ...more: Check[]): z.ZodMiniString<string> {
  return z.string().check(...judged(bounds), ...more)
}

function broughtToForm({ most }: TextBounds): Check {
  // What is too long in any form is left as it is: NFC takes long over a long run of marks.
  const isHopeless = (text: string) => trimEnds(text).length > most * MOST_UNITS_A_CHARACTER
  return z.overwrite((text) => (isHopeless(text) ? text : normalizeText(text)))
}

function judged(bounds: TextBounds): Check[] {
  const judge: Check = (context) => {
    const message = judgeText(context.value, bounds)
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value })
  }
  // A check of our own says nothing to a JSON Schema, so the document's reader is told apart.
  return [judge, z.meta({ maxLength: bounds.most })]
}

function visible({ question }: TextBounds): Check {
  return (context) => {
    const message = judgeVisible(context.value)
    if (message === undefined) return
    context.issues.push({ code: 'custom', message: question ?? message, input: context.value })
  }
}

const emptyAsNull = z.overwrite((text: string | null | undefined) => (text === '' ? null : text))
