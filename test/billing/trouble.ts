import type { Together } from '../support/together.ts'

/** Makes an order's record one that does not fit, as only SQL or a newer version of ordering can, and pulls it. */
export async function poison({ ordering, pull }: Together, number: number): Promise<void> {
  await ordering.sql('UPDATE orders SET note = char(7) WHERE number = ?', number)
  await pull()
}

/** Corrects what `poison` has done. */
export async function correct({ ordering }: Together, number: number): Promise<void> {
  await ordering.sql('UPDATE orders SET note = NULL WHERE number = ?', number)
}

/** Takes an order from ordering as a restore to before it would: its range no longer counts it either. */
export async function lose({ ordering }: Pick<Together, 'ordering'>, number: number): Promise<void> {
  await ordering.sql('DROP TRIGGER IF EXISTS orders_are_kept')
  await ordering.batch([
    {
      query: `UPDATE order_ranges SET orders = orders - 1, fingerprints = fingerprints - o.fingerprint
        FROM orders o WHERE o.number = ? AND o.confirmed_at IS NOT NULL AND range = o.number / 256`,
      values: [number],
    },
    { query: 'DELETE FROM orders WHERE number = ?', values: [number] },
  ])
}

/** Loses an order in ordering, and lets billing find that out. */
export async function orphan(
  { ordering, billing, pull }: Pick<Together, 'ordering' | 'billing' | 'pull'>,
  number: number,
): Promise<void> {
  await lose({ ordering }, number)
  await billing.send('POST', '/api/sync/compare')
  await pull()
}
