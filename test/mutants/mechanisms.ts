/** A text of a file, which must stand there exactly once, and what stands there instead. */
export type Edit = { file: string; find: string; put: string }
/** SQL that takes a trigger out of a Worker's database, as its last migration; it fails where there is none. */
export type Unmigrate = { app: 'ordering' | 'billing' | 'warehouse' | 'care'; sql: string }
/** The test that fails then: its file, and a part of its title that names it alone or with its siblings. */
export type NamedTest = { file: string; title: string }

/** What a guarantee rests on, taken out. */
export type Mechanism = {
  /** kebab-case, for `npm run mutants -- --only`. */
  name: string
  /** The guarantee of the contract's section 8. */
  guarantee: 1 | 2 | 3 | 4 | 5 | 6 | 7
  /** What is no longer there. */
  without: string
  takenOut: (Edit | Unmigrate)[]
  /** How SQL takes the same out of the example's databases, whose triggers bear other names. */
  inShipments?: Unmigrate[]
  /** The test that notices, or the simulator's histories, or all that the example's Workers are held by. */
  caughtBy: NamedTest | 'histories' | 'shipments'
}

/** The same taken out of the example's Workers; undefined for what the hand-over's module does not have, or they do not. */
export function takenOutOfShipments({ takenOut, inShipments }: Mechanism): Mechanism['takenOut'] | undefined {
  const edits = takenOut.filter((step) => 'file' in step)
  if (edits.some(({ file }) => !file.startsWith('shared/handover/'))) return undefined
  if (edits.length < takenOut.length && inShipments === undefined) return undefined
  return [...edits, ...(inShipments ?? [])]
}

/** Each mechanism that a guarantee rests on, with what notices that it is gone. */
export const MECHANISMS: readonly Mechanism[] = [
  {
    name: 'highest-number-of-its-own',
    guarantee: 1,
    without: 'the highest number in a row of its own (instead: the maximum over the orders)',
    takenOut: [
      {
        file: 'shared/handover/publisher/number-assignment-store.ts',
        find: '(SELECT ${t.highest} FROM ${t.table}) + row_number()',
        put: '(SELECT max(0, max(${sequenceNr})) FROM ${table}) + row_number()',
      },
      { app: 'ordering', sql: 'DROP TRIGGER feed_never_falls' },
    ],
    inShipments: [{ app: 'warehouse', sql: 'DROP TRIGGER shipments_feed_state_never_falls' }],
    caughtBy: {
      file: 'test/together/feed/numbering.test.ts',
      title: 'never fall when the order that held the highest is',
    },
  },
  {
    name: 'expected-state',
    guarantee: 1,
    without: 'the epoch and the highest number that a numbering expects',
    takenOut: [
      {
        file: 'shared/handover/publisher/number-assignment-store.ts',
        find: 'WHERE ${t.epoch} = ${expected.epoch} AND ${t.highest} = ${expected.highest}\n        AND EXISTS',
        put: 'WHERE EXISTS',
      },
      {
        file: 'shared/handover/publisher/number-assignment-store.ts',
        find: 'const asExpected = numbered || (state.epoch === expected.epoch && state.highest === expected.highest)',
        put: 'const asExpected = true as boolean',
      },
    ],
    caughtBy: { file: 'test/together/feed/numbering.test.ts', title: 'are not given again by a numbering that lands' },
  },
  {
    name: 'numbering-goes-round',
    guarantee: 1,
    without: 'numbering that goes round (instead: always from the oldest)',
    takenOut: [
      {
        file: 'shared/handover/publisher/number-assignment-store.ts',
        find: 'db.run(numberWaiting(feed, expected, limit))',
        put: "db.run(numberWaiting(feed, { ...expected, lastSince: '', lastKey: 0 }, limit))",
      },
    ],
    caughtBy: { file: 'test/together/feed/numbering.test.ts', title: 'do not let an order that changes all the time' },
  },
  {
    name: 'joining-the-next-numbering',
    guarantee: 1,
    without: 'a reader joins only a numbering that has not begun',
    takenOut: [
      {
        file: 'shared/handover/publisher/sequencer.ts',
        find: 'for (const [index, batch] of batches.entries()) group[index]?.resolve(writeBatch(batch))',
        put: 'for (const { resolve } of [...group, ...this.#waiting.splice(0)]) for (const batch of batches.slice(0, 1)) resolve(writeBatch(batch))',
      },
    ],
    caughtBy: {
      file: 'test/together/feed/numbering.test.ts',
      title: 'are given to what was written before the question',
    },
  },
  {
    name: 'write-known-by-its-salt',
    guarantee: 1,
    without: 'a write that seems refused looks for its own salt in the audit',
    takenOut: [
      {
        file: 'workers/ordering/orders/order-write-store.ts',
        find: 'if (others.length === 0) return written',
        put: 'if (others.length >= 0) return written',
      },
    ],
    caughtBy: { file: 'test/together/hand-over/doubled-batch.test.ts', title: 'makes one revision by PUT' },
  },
  {
    name: 'compare-and-set',
    guarantee: 2,
    without: 'a batch moves the token only from where it was read, and only for its own run',
    takenOut: [
      {
        file: 'shared/handover/consumer/pull/batch-store.ts',
        find: '${pull.runId} = ${runId} AND ${pull.token} IS ${from} AND ${pull.epoch} = ${epoch}',
        put: '${pull.epoch} = ${epoch}',
      },
    ],
    caughtBy: { file: 'test/together/hand-over/pull.test.ts', title: 'store nothing once the token was reset' },
  },
  {
    name: 'guard-of-the-batch',
    guarantee: 2,
    without: 'the statement that aborts a batch whose token has moved',
    takenOut: [
      {
        file: 'shared/handover/consumer/pull/batch-store.ts',
        find: "    guard: abortUnless(db, tables, 'token_moved', isOurs),\n",
        put: "    guard: abortUnless(db, tables, 'token_moved', plain`${isOurs} OR 1`),\n",
      },
    ],
    caughtBy: { file: 'test/together/hand-over/pull.test.ts', title: 'store nothing once the token was reset' },
  },
  {
    name: 'token-with-its-page',
    guarantee: 2,
    without: 'the token in the transaction of its batch (instead: one statement after the other)',
    takenOut: [
      {
        file: 'shared/handover/consumer/pull/batch-store.ts',
        find: "const results = await unlessAborted('token_moved', () => transaction(db, statements))",
        put: [
          "const results = await unlessAborted('token_moved', async () => {",
          '    const alone = { moved: await statements.moved, guard: await statements.guard }',
          '    const judged = await Promise.all(statements.judged)',
          '    for (const statement of [...statements.stored, ...statements.quarantined]) await statement',
          '    return { ...alone, judged }',
          '  })',
        ].join('\n'),
      },
    ],
    caughtBy: {
      file: 'test/together/hand-over/guarantees.test.ts',
      title: 'not at all when one statement of the page is refused',
    },
  },
  {
    name: 'revision-guard',
    guarantee: 3,
    without: 'a copy gives way only to a higher revision',
    takenOut: [
      {
        file: 'shared/handover/consumer/copy-store.ts',
        find: 'ELSE r.revision > ${copy}.${revision} OR (r.revision = ${copy}.${revision} AND ${copy}.${fingerprint} IS NULL) END',
        put: 'ELSE r.fingerprint IS NOT ${copy}.${fingerprint} END',
      },
    ],
    caughtBy: {
      file: 'test/together/hand-over/guarantees.test.ts',
      title: 'an older revision never overwrites a newer one',
    },
  },
  {
    name: 'revised-by-trigger',
    guarantee: 4,
    without: 'the trigger that makes a revision of any change of an order',
    takenOut: [{ app: 'ordering', sql: 'DROP TRIGGER orders_are_revised' }],
    inShipments: [{ app: 'warehouse', sql: 'DROP TRIGGER shipments_are_revised' }],
    caughtBy: {
      file: 'test/together/records/kept-rows.test.ts',
      title: 'is a new revision that reaches billing, whatever it',
    },
  },
  {
    name: 'orders-are-kept',
    guarantee: 4,
    without: 'the trigger against DELETE in ordering',
    takenOut: [{ app: 'ordering', sql: 'DROP TRIGGER orders_are_kept' }],
    inShipments: [{ app: 'warehouse', sql: 'DROP TRIGGER shipments_are_kept' }],
    caughtBy: { file: 'test/together/records/kept-rows.test.ts', title: 'is kept: DELETE is refused' },
  },
  {
    name: 'orders-are-not-replaced',
    guarantee: 4,
    without: 'the trigger against REPLACE in ordering',
    takenOut: [{ app: 'ordering', sql: 'DROP TRIGGER orders_are_not_replaced' }],
    inShipments: [{ app: 'warehouse', sql: 'DROP TRIGGER shipments_are_not_replaced' }],
    caughtBy: {
      file: 'test/together/records/kept-rows.test.ts',
      title: 'is not replaced: INSERT OR REPLACE is refused',
    },
  },
  {
    name: 'external-ids-are-not-shared',
    guarantee: 4,
    without: 'the guard of external ids, by which UPDATE OR REPLACE would remove a row',
    takenOut: [{ app: 'ordering', sql: 'DROP TRIGGER orders_do_not_share_external_id' }],
    caughtBy: {
      file: 'test/together/records/kept-rows.test.ts',
      title: 'is not replaced: UPDATE OR REPLACE is refused',
    },
  },
  {
    name: 'copies-are-kept',
    guarantee: 4,
    without: 'the trigger against DELETE in billing',
    takenOut: [{ app: 'billing', sql: 'DROP TRIGGER orders_are_kept' }],
    inShipments: [{ app: 'care', sql: 'DROP TRIGGER shipment_copies_are_kept' }],
    caughtBy: {
      file: 'test/together/records/kept-rows.test.ts',
      title: 'is kept: DELETE and the three forms of REPLACE',
    },
  },
  {
    name: 'copies-keep-their-number',
    guarantee: 4,
    without: 'the guard of a copy’s number',
    takenOut: [{ app: 'billing', sql: 'DROP TRIGGER orders_keep_their_number' }],
    inShipments: [{ app: 'care', sql: 'DROP TRIGGER shipment_copies_keep_their_id' }],
    caughtBy: { file: 'test/together/records/kept-keys.test.ts', title: 'a copy keeps its number in billing' },
  },
  {
    name: 'invoices-are-not-replaced',
    guarantee: 5,
    without: 'the guard of one invoice an order against REPLACE',
    takenOut: [{ app: 'billing', sql: 'DROP TRIGGER invoices_are_not_replaced' }],
    caughtBy: { file: 'test/together/records/kept-rows.test.ts', title: 'has an invoice that is kept' },
  },
  {
    name: 'invoices-are-frozen',
    guarantee: 5,
    without: 'the trigger that freezes an approved invoice',
    takenOut: [{ app: 'billing', sql: 'DROP TRIGGER invoices_are_frozen' }],
    caughtBy: {
      file: 'test/together/hand-over/guarantees.test.ts',
      title: 'the approved one is not to be changed by SQL either',
    },
  },
  {
    name: 'one-decision-at-a-time',
    guarantee: 5,
    without: 'one decision at a time in the ledger',
    takenOut: [
      {
        file: 'workers/billing/ledger/invoice-ledger.ts',
        find: 'const result = this.#last.then(work)',
        put: 'const result = work()',
      },
    ],
    caughtBy: {
      file: 'test/together/hand-over/guarantees.test.ts',
      title: 'numbers without gaps when many are approved at once',
    },
  },
  {
    name: 'set-aside',
    guarantee: 6,
    without: 'a record that does not fit is set aside (instead: it is passed over)',
    takenOut: [
      { file: 'shared/handover/consumer/pull/refused-batch.ts', find: 'unfit.push(read.error)', put: 'void unfit' },
    ],
    caughtBy: {
      file: 'test/together/hand-over/unreadable.test.ts',
      title: 'is quarantined and named, and those behind it arrive',
    },
  },
  {
    name: 'set-aside-in-its-batch',
    guarantee: 6,
    without: 'what does not fit is set aside in the transaction of its batch (instead: in one after it)',
    takenOut: [
      {
        file: 'shared/handover/consumer/pull/batch-store.ts',
        find: '    quarantined: quarantineRecords(consumer, db, unfit, from, now),\n',
        put: '    quarantined: [] as Statement[],\n',
      },
      {
        file: 'shared/handover/consumer/pull/batch-store.ts',
        find: '  // The row of the pull has no trigger,',
        put: [
          '  const after = quarantineRecords(consumer, db, batch.unfit, batch.from, attempt.now)',
          '  if (results !== undefined && after.length > 0) await db.batch(after)',
          '  // The row of the pull has no trigger,',
        ].join('\n'),
      },
    ],
    caughtBy: 'histories',
  },
  {
    name: 'halving',
    guarantee: 6,
    without: 'a batch that the database refuses is halved until the record at fault is found',
    takenOut: [
      {
        file: 'shared/handover/consumer/pull/refused-batch.ts',
        find: 'if (!isDataRefusal(error) || batch.records.length === 0) throw error',
        put: 'if (batch.records.length >= 0) throw error',
      },
    ],
    caughtBy: { file: 'test/together/hand-over/unreadable.test.ts', title: 'stands alone in quarantine' },
  },
  {
    name: 'closed-by-as-new-a-copy',
    guarantee: 6,
    without: 'a quarantine is closed only by a copy as new as its record',
    takenOut: [
      {
        file: 'shared/handover/consumer/quarantine-store.ts',
        find: 'o.${copies.revision} >= coalesce(${quarantine}.${quarantine.revision}, 0)',
        put: 'o.${copies.revision} > 0',
      },
    ],
    caughtBy: {
      file: 'test/together/hand-over/overtaken.test.ts',
      title: 'does not close the quarantine of the newer record',
    },
  },
  {
    name: 'comparison-of-what-was-read',
    guarantee: 7,
    without: 'a comparison writes only while the database has read up to its token',
    takenOut: [
      {
        file: 'shared/handover/consumer/compare-store.ts',
        find: 'return plain`(EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.token} = ${token}) OR EXISTS (',
        put: 'return plain`(1 OR EXISTS (SELECT 1 FROM ${pull} WHERE ${pull.token} = ${token}) OR EXISTS (',
      },
    ],
    caughtBy: {
      file: 'test/together/hand-over/overtaken.test.ts',
      title: 'a comparison during which billing is restored',
    },
  },
  {
    name: 'witness',
    guarantee: 7,
    without: 'the witness of the feed outside the database',
    takenOut: [
      {
        file: 'shared/handover/publisher/restore-witness.ts',
        find: "return witness.epoch === state.epoch && witness.highest <= state.highest ? 'same history' : 'restored'",
        put: "return 'same history'",
      },
    ],
    caughtBy: {
      file: 'test/together/restore/restore.test.ts',
      title: 'is noticed and named, and the next pull repairs',
    },
  },
  {
    name: 'copies-of-a-retired-epoch',
    guarantee: 7,
    without: 'a copy of a retired epoch gives way whatever its revision',
    takenOut: [
      {
        file: 'shared/handover/consumer/copy-store.ts',
        find: 'CASE WHEN ${copy}.${copies.epoch} <> ${epoch} THEN ${copy}.${fingerprint} IS NOT r.fingerprint\n      ELSE',
        put: 'CASE WHEN 0 THEN 0\n      ELSE',
      },
    ],
    caughtBy: {
      file: 'test/together/restore/restore.test.ts',
      title: 'is noticed and named, and the next pull repairs',
    },
  },
  {
    name: 'retired-epochs',
    guarantee: 7,
    without: 'a retired epoch never becomes current again',
    takenOut: [
      {
        file: 'shared/handover/consumer/epoch-store.ts',
        find: 'AND ${epoch} = (SELECT ${epochs.epoch} FROM ${epochs} ORDER BY ${epochs.nr} DESC LIMIT 1)',
        put: '',
      },
    ],
    caughtBy: {
      file: 'test/together/restore/restore.test.ts',
      title: 'makes an answer of the retired epoch write nothing',
    },
  },
  {
    name: 'epochs-newer-than-the-question',
    guarantee: 7,
    without: 'an unknown epoch is newer only if it was asked for after the current one was learned',
    takenOut: [
      {
        file: 'shared/handover/consumer/epoch-store.ts',
        find: 'WHERE ${pull.epoch} IS ${known} AND NOT EXISTS (SELECT 1 FROM ${epochs} WHERE ${epochs.epoch} = ${epoch})',
        put: 'WHERE ${known} IS ${known} AND NOT EXISTS (SELECT 1 FROM ${epochs} WHERE ${epochs.epoch} = ${epoch})',
      },
    ],
    caughtBy: { file: 'test/together/restore/late-epoch.test.ts', title: 'epoch that ended meanwhile' },
  },
  {
    name: 'guard-outside-the-feed',
    guarantee: 7,
    without: 'the statement that aborts what was read outside the feed in another epoch',
    takenOut: [
      {
        file: 'shared/handover/consumer/deep-link-store.ts',
        find: "guard: abortUnless(db, tables, 'epoch_not_current', isCurrent),",
        put: "guard: abortUnless(db, tables, 'epoch_not_current', plain`${isCurrent} OR 1`),",
      },
    ],
    caughtBy: { file: 'test/together/restore/late-epoch.test.ts', title: 'epoch that ended meanwhile asks again' },
  },
  {
    name: 'ledger-is-replayed',
    guarantee: 7,
    without: 'the ledger is replayed after a restore of billing',
    takenOut: [
      {
        file: 'workers/billing/ledger/invoice-ledger.ts',
        find: '      await this.#replay(db, entries)\n      done.replayed += entries.length\n',
        put: '      done.replayed += entries.length\n',
      },
    ],
    caughtBy: {
      file: 'test/together/restore/restore.test.ts',
      title: 'brings approvals and rejections back as they were',
    },
  },
  {
    name: 'refused-entries-are-set-aside',
    guarantee: 7,
    without: 'a decision that cannot be replayed is set aside, and holds up no other',
    takenOut: [
      {
        file: 'workers/billing/ledger/invoice-ledger.ts',
        find: 'if (!isDataRefusal(error)) throw error',
        put: 'if (entries.length >= 0) throw error',
      },
    ],
    caughtBy: { file: 'test/together/restore/restore.test.ts', title: 'holds up no other' },
  },
  {
    name: 'cut-by-bytes',
    guarantee: 7,
    without: 'the cut by bytes, and the replay one by one, either of which brings the largest orders back',
    takenOut: [
      {
        file: 'shared/db/byte-limits.ts',
        find: 'if (batch !== undefined && size + added <= most) {',
        put: 'if (batch !== undefined && (size + added <= most || true)) {',
      },
      {
        file: 'workers/billing/ledger/invoice-ledger.ts',
        find: 'if (!isDataRefusal(error)) throw error',
        put: 'if (entries.length >= 0) throw error',
      },
    ],
    caughtBy: { file: 'test/together/limits/largest-orders.test.ts', title: 'come back with their approvals' },
  },
  {
    name: 'replay-marks-what-is-before-it',
    guarantee: 7,
    without: 'a replay marks the decisions before it as witnessed',
    takenOut: [
      {
        file: 'workers/billing/ledger/decision-store.ts',
        find: '    witnessStatement(db, first.nr - 1),\n',
        put: '    witnessStatement(db, 0),\n',
      },
    ],
    caughtBy: { file: 'test/together/restore/unmarked-decision.test.ts', title: 'leaves no decision unmarked' },
  },
]
