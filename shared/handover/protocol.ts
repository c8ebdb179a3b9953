import * as z from '../zod.ts'

/**
 * What a feed says in words of its own (PROTOCOL.md, 1.2): its name, which is also the path below which it is read and the
 * member of a batch that holds its records; the members that hold one record, its key, a list of keys, and its sequence
 * number; the header that carries the epoch beside single records; and the key of a record in a notice.
 */
export type FeedNames = {
  feed: string
  record: string
  key: string
  keys: string
  place: string
  epochHeader: string
  noticeKey: string
}

/** The query parameters of the path of a feed. */
export const FEED_PARAMETERS = ['after', 'limit'] as const
/** The shape of a feed's batches (PROTOCOL.md, 17.1). */
export const FEED_SCHEMA = 1
/** The most records that a batch may be asked for, and how many come where it is not said. */
export const MAX_BATCH_LIMIT = 1000
export const DEFAULT_BATCH_LIMIT = 500
/** The most characters of a token. */
export const MAX_TOKEN_LENGTH = 200
/** How many keys are in a range that is compared. */
export const RANGE_SIZE = 256
/** The most ranges that are asked for at once; of keys, as many as they hold. */
export const MAX_COMPARED_RANGES = 40
/** While more records than this are moving, nothing is compared. */
export const MAX_MOVING = 1000
/** The most records that are read in one call by their keys. */
const MAX_READ_RECORDS = 100
/** The most copies that are reported as ahead in one call. */
const MAX_AHEAD = 100
/** The most notices in one call. */
export const MAX_NOTICES = 200
/** The most records that are given back in one call; fewer large ones. */
export const MAX_RESTORED = 50
/** A key is an integer below this. */
export const KEYS = 1e12
/** A fingerprint is an integer below this. */
export const FINGERPRINTS = 2 ** 40
/** What a notice's version is at most. */
const MAX_VERSION = 1e13

const count = z.int().check(z.minimum(0))
const key = z.int().check(z.minimum(1), z.maximum(KEYS - 1))
const revision = z.int().check(z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER))
const fingerprint = z.int().check(z.minimum(0), z.maximum(FINGERPRINTS - 1))
const instant = z.iso.datetime('Must be an instant in UTC, such as 2026-01-31T12:00:00Z')
const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most))
/** The name of one history of a feed. */
const epoch = text(100)

/** What a publisher refuses a token with: the epoch to read under. */
export const restoredProblem = z.object({ type: z.literal('/problems/restored'), epoch })
/** The epoch that is current after a report of what is ahead. */
export const aheadAnswer = z.object({ epoch })
/**
 * The publisher's side of a comparison: by range the count and the sum of fingerprints of its settled records. `moving`
 * are left out: they wait for a number, or have one above the reader's token, whose own number is `upTo`.
 */
export const agreementDigest = z.lazy(() =>
  z.object({
    epoch,
    upTo: count,
    ranges: z.array(z.tuple([count, count, count])),
    moving: z.array(key),
  }),
)
/** Notices as they travel: each is judged alone, so that one which cannot be read holds up no other. */
export const sentNotices = z.lazy(() =>
  z.strictObject({
    notices: z.array(z.unknown()).check(z.minLength(1), z.maxLength(MAX_NOTICES)),
  }),
)
/** What became of them: how many are kept, and the places of those that cannot be read, the first being 0. */
export const noticesKept = z.object({ kept: count, refused: z.array(count) })
/** How far the feed is ahead of a reader's token. `oldestWaitingAt`: since when a record has waited for its number. */
export const feedLag = z.lazy(() =>
  z.object({ epoch, waiting: count, oldestWaitingAt: z.nullable(instant), behind: count }),
)

/** What a consumer reads of one feed: what crosses under its names is read as members that are the same for all feeds. */
export type Answers = ReturnType<typeof answersOf>

/** Reads what a publisher answers under a feed's names. */
export function answersOf({ feed: records, key: keyName, record }: FeedNames) {
  return {
    /** A batch. Its records are judged one by one, since one that does not fit must not stop the others. */
    batch: z.lazy(() =>
      named(
        z.object,
        {
          records: z.array(z.unknown()),
          next: text(MAX_TOKEN_LENGTH),
          more: z.boolean(),
          epoch,
          schema: z.optional(z.int().check(z.minimum(1))),
        },
        { records },
      ),
    ),
    /**
     * Several records as they are now, in the order of the question, null where none was published; `left` would have made
     * the answer too large.
     */
    readRecords: z.lazy(() =>
      z.object({
        answers: z.array(named(z.object, { key, record: z.unknown() }, { key: keyName, record })),
        left: z.array(key),
      }),
    ),
    /** Keys with their fingerprints; `moving` as in the digest. */
    fingerprintList: z.lazy(() =>
      named(z.object, { epoch, records: z.array(z.tuple([key, fingerprint])), moving: z.array(key) }, { records }),
    ),
    /** What became of them, or would. */
    restoreOutcome: z.lazy(() =>
      z.object({
        restored: z.array(key),
        refused: z.array(named(z.object, { key, reason: z.string() }, { key: keyName })),
      }),
    ),
  }
}

/** What a publisher reads of one feed, likewise. */
export type Requests = ReturnType<typeof requestsOf>

/** Reads what a consumer sends under a feed's names. */
export function requestsOf({ feed: records, key: keyName, keys }: FeedNames) {
  return {
    /** Asks for several records as they are now. */
    recordsQuery: z.lazy(() =>
      named(
        z.strictObject,
        {
          keys: z.array(key).check(
            z.minLength(1),
            z.maxLength(MAX_READ_RECORDS),
            z.refine((asked) => new Set(asked).size === asked.length, `A ${keyName} appears twice`),
          ),
        },
        { keys },
      ),
    ),
    /** Asks for the fingerprints of settled records: of whole ranges, or of single ones. */
    fingerprintQuery: z.lazy(() =>
      named(
        z.strictObject,
        {
          after: z.string().check(z.maxLength(MAX_TOKEN_LENGTH)),
          ranges: z.array(count).check(z.maxLength(MAX_COMPARED_RANGES)),
          keys: z.array(key).check(z.maxLength(MAX_COMPARED_RANGES * RANGE_SIZE)),
        },
        { keys },
      ),
    ),
    /** What a consumer holds that is ahead of the publisher: proof that the publisher was restored. */
    aheadReport: z.lazy(() =>
      named(
        z.strictObject,
        {
          epoch,
          records: z
            .array(named(z.strictObject, { key, revision, fingerprint }, { key: keyName }))
            .check(z.minLength(1), z.maxLength(MAX_AHEAD)),
        },
        { records },
      ),
    ),
    /** Records that the publisher lost when it was restored, sent by a consumer; a preview changes nothing. */
    restoreInput: z.lazy(() =>
      named(
        z.strictObject,
        {
          preview: z.boolean(),
          records: z
            .array(
              z.pipe(
                z.looseObject({ [keyName]: key }),
                z.transform((sent) => ({ key: sent[keyName] as number, record: sent as object })),
              ),
            )
            .check(z.minLength(1), z.maxLength(MAX_RESTORED)),
        },
        { records },
      ),
    ),
  }
}

/** Reads one notice; what it says is the application's. */
export function noticeOf({ noticeKey }: FeedNames) {
  return z.lazy(() =>
    named(
      z.strictObject,
      {
        subject: text(100),
        version: z.int().check(z.minimum(1), z.maximum(MAX_VERSION)),
        key,
        notice: z.looseObject({ kind: z.string() }),
      },
      { key: noticeKey },
    ),
  )
}

/** A batch as it was read: records still to be judged. */
export type Batch = z.infer<Answers['batch']>
export type AgreementDigest = z.infer<typeof agreementDigest>
export type FingerprintQuery = z.infer<Requests['fingerprintQuery']>
export type FingerprintList = z.infer<Answers['fingerprintList']>
export type AheadReport = z.infer<Requests['aheadReport']>
export type RestoreOutcome = z.infer<Answers['restoreOutcome']>
export type Notice = z.infer<ReturnType<typeof noticeOf>>
export type NoticesKept = z.infer<typeof noticesKept>
export type FeedLag = z.infer<typeof feedLag>

/** The same message under the names of the feed: where a member has another name there, it is in `names`. */
export function underNames<Message extends object>(
  message: Message,
  names: { readonly [Member in keyof Message]?: string },
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message).map(([member, value]) => [names[member as keyof Message] ?? member, value]),
  )
}

type Shape = Readonly<Record<string, z.ZodMiniType>>
type Read<S extends Shape> = z.infer<z.ZodMiniObject<S>>

/** An object whose members may have other names where it crosses; errors name them as they cross. */
function named<S extends Shape>(
  object: typeof z.object | typeof z.strictObject,
  shape: S,
  names: { readonly [Member in keyof S]?: string },
): z.ZodMiniType<Read<S>> {
  const wire = object(underNames(shape, names) as Record<string, z.ZodMiniType>)
  return z.pipe(
    wire,
    z.transform((crossed: Readonly<Record<string, unknown>>) => {
      const members = Object.keys(shape).map((member) => [member, crossed[names[member] ?? member]] as const)
      return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Read<S>
    }),
  )
}
