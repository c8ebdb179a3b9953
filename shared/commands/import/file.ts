import { isUtf8 } from 'node:buffer'
import { appendFile, rm } from 'node:fs/promises'
import { parseJson } from '../support/app-client.ts'
import { CommandFailure } from '../support/command.ts'
import { type Batch, readBatches, readFirstRecord } from './batch.ts'
import { type Kind, recogniseKind, type RefusedLine } from './kind.ts'
import { measureFile } from './lines.ts'
import { type Done, findInterrupted, forgetPlace, keepPlace } from './place.ts'
import type { Progress } from '../support/progress.ts'
import { findLastLines, isSuperseded } from './repeats.ts'
import { type ImportAnswer, sendBatch } from './target.ts'

/** What an import did. `refusedFile` holds the refused lines, if there are any. */
export type Summary = Done & { kind: Kind; lines: number; seconds: number; refusedFile: string }
type StartProgress = (total: number, already: number) => Progress

/**
 * Imports a file of orders, customers or products, whichever it holds. Where an id stands in several lines of the file, the
 * last of them counts, whatever batch it is in, and the others are not sent. One that was cut off goes on where it was;
 * one that is done does no harm when it is done again. Throws a CommandFailure if the file cannot be imported.
 */
export async function importFile(
  file: string,
  origin: string,
  startProgress: StartProgress,
  signal?: AbortSignal,
): Promise<Summary> {
  const startedAt = performance.now()
  const kind = await findKind(file)
  const { lines, digest } = await measureFile(file)
  const last = await findLastLines(file, kind)
  const isLeftOut = (bytes: Buffer, nr: number) =>
    last.size > 0 && isSuperseded(parseJson(bytes.toString()), nr, kind, last)
  const refusedFile = `${file.replace(/\.(jsonl|ndjson)$/, '')}.refused.jsonl`
  const interrupted = await findInterrupted(digest, origin)
  const { place, done } = interrupted ?? { place: { offset: 0, lines: 0 }, done: noneDone() }
  const progress = startProgress(lines, place.lines)
  if (interrupted === undefined) await rm(refusedFile, { force: true })
  else progress.tell(`Continuing after line ${place.lines}, where an earlier import was interrupted.`)
  const onPause = (why: string, ms: number) => progress.tell(`${why}; trying again in ${ms / 1_000} s.`)
  try {
    for await (const batch of readBatches(file, place, isLeftOut)) {
      done.superseded += batch.superseded
      done.unchanged += batch.superseded
      if (batch.lines.length > 0) {
        const answer = await sendBatch({ origin, signal, onPause }, kind, batch)
        count(done, answer)
        await keepRefused(refusedFile, batch, answer)
      }
      await keepPlace(digest, origin, { place: batch.end, done })
      progress.show(batch.end.lines)
    }
  } finally {
    progress.end()
  }
  await forgetPlace(digest, origin)
  return { ...done, kind, lines, seconds: (performance.now() - startedAt) / 1_000, refusedFile }
}

async function findKind(file: string): Promise<Kind> {
  const kind = recogniseKind(await readFirstRecord(file))
  if (kind !== undefined) return kind
  throw new CommandFailure(`${file} holds neither orders, customers nor products, one JSON record a line.`)
}

function noneDone(): Done {
  return { created: 0, changed: 0, unchanged: 0, superseded: 0, refused: 0 }
}

function count(done: Done, { created, changed, unchanged, failed }: ImportAnswer): void {
  done.created += created
  done.changed += changed
  done.unchanged += unchanged
  done.refused += failed.length
}

/** Writes down what was refused and why, so that it can be corrected there and imported from there. */
async function keepRefused(file: string, batch: Batch, { failed }: ImportAnswer): Promise<void> {
  if (failed.length === 0) return
  const refused = failed.flatMap(({ line, externalId, problem }): RefusedLine[] => {
    const sent = batch.lines[line - 1]
    return sent === undefined ? [] : [{ line: sent.nr, externalId, problem, record: readable(sent.bytes) }]
  })
  await appendFile(file, refused.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** The record, or the text of a line that is none; null for bytes that are no text, to be corrected where they came from. */
function readable(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return null
  const text = bytes.toString()
  const record = parseJson(text)
  return record === undefined ? text : record
}
