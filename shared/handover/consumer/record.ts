import type { FieldError } from '../../edge/problem.ts'
import { err, ok, type Result } from '../../result.ts'
import { FINGERPRINTS, type FeedNames, KEYS } from '../protocol.ts'

/** Which reader brought the content that a copy has. */
export type Source = 'pull' | 'deep-link'

/** A consumer's copy of a record. `fetchedAt` is when its content was read from the publisher. */
export type Copy<R> = { record: R; source: Source; fetchedAt: string; orphaned: boolean }

/** What a parser reads in a record: what the hand-over goes by, and the record as the application uses it. */
export type Parsed<R> = { key: number; revision: number; fingerprint: number; deleted: boolean; record: R }
/** Judges a record as it came; each field that does not fit is named. */
export type Parser<R> = (record: unknown) => Result<Parsed<R>, FieldError[]>

/** A record as it was read: judged, and its text as it came, with members that this version does not know. */
export type ReadRecord<R> = Parsed<R> & { text: string }

/**
 * A record that does not fit. `key` and `revision` are null where they cannot be read; then `sequenceNr`, its place in
 * the feed, is what it is known by. `cause` is what a database said that refused it, for the log alone.
 */
export type UnfitRecord = {
  key: number | null
  revision: number | null
  sequenceNr: number | null
  errors: FieldError[]
  cause?: string
}

/** The publisher does not answer: nothing came in time, a 5xx, or something that is not what it sends. No record is at fault. */
export type NoAnswer = { reason: 'no_answer'; detail: string }

/** Why one of several records that were asked for is not there. `left_out`: it would have made the answer too large. */
export type UnansweredRecord =
  | { reason: 'unknown' }
  | { reason: 'unreadable'; errors: FieldError[] }
  | { reason: 'left_out' }

/**
 * What the publisher, asked a moment ago, says of a record. `answered`: its content has that fingerprint, and the copy has
 * followed it. `no_answer`: the copy is all there is. `unsettled`: the publisher answers of a history that the consumer has
 * still to learn of.
 */
export type RecordCheck =
  | { reason: 'answered'; fingerprint: number }
  | { reason: 'no_answer' }
  | { reason: 'unsettled' }
  | UnansweredRecord

/** Judges a record of the feed, or a single record's answer: the one place where its parser is asked. */
export function readRecord<R>(names: FeedNames, parse: Parser<R>, record: unknown): Result<ReadRecord<R>, UnfitRecord> {
  const parsed = judgeParsed(names, parse(record))
  if (parsed.ok) return ok({ ...parsed.value, text: JSON.stringify(record) })
  return err({ ...readPlace(names, record), errors: parsed.error })
}

/** What a record is known by where it does not fit; each is null where it cannot be read. */
export function readPlace(names: FeedNames, record: unknown): Pick<UnfitRecord, 'key' | 'revision' | 'sequenceNr'> {
  return {
    key: wholeNumber(record, names.key),
    revision: wholeNumber(record, 'revision'),
    sequenceNr: wholeNumber(record, names.place),
  }
}

/** A parser may be laxer than the protocol (3.2 to 3.4), whose bounds the statements rely on. */
function judgeParsed<R>(names: FeedNames, parsed: Result<Parsed<R>, FieldError[]>): Result<Parsed<R>, FieldError[]> {
  if (!parsed.ok) return parsed
  const { key, revision, fingerprint } = parsed.value
  const errors: FieldError[] = []
  const outside = (member: string) => errors.push({ pointer: `/${member}`, detail: 'Must be an integer within bounds' })
  if (!isWithin(key, 1, KEYS - 1)) outside(names.key)
  if (!isWithin(revision, 1, Number.MAX_SAFE_INTEGER)) outside('revision')
  if (!isWithin(fingerprint, 0, FINGERPRINTS - 1)) outside('fingerprint')
  return errors.length === 0 ? parsed : err(errors)
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}

/** What a quarantined record is known by: its key, or its place in the feed. */
export function quarantineSubject(
  { record }: Pick<FeedNames, 'record'>,
  { key, sequenceNr }: Pick<UnfitRecord, 'key' | 'sequenceNr'>,
): string {
  return key === null ? `sequence:${sequenceNr ?? 'unknown'}` : `${record}:${key}`
}

/** What was wrong with a record, in one line: `/lines/0/quantity: Too small`. */
export function describeFieldErrors(errors: readonly FieldError[]): string {
  return errors.map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`)).join('; ')
}

function wholeNumber(record: unknown, member: string): number | null {
  if (typeof record !== 'object' || record === null) return null
  const value = (record as Record<string, unknown>)[member]
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
