import { sql, type SQL } from 'drizzle-orm'

/** The next number of the series: `2026-000001`, `C2026-000001`. */
export function nextNumber(series: string): SQL {
  return sql`${series} || '-' || printf('%06d', 1 + coalesce(
    (SELECT highest FROM invoice_series WHERE series = ${series}), 0))`
}

/** Raises each series to the highest of these numbers, selected as `issued` (the series, a dash, the number in it). */
export function raiseSeries(issuedNumbers: SQL): SQL {
  return sql`
    INSERT INTO invoice_series (series, highest)
    SELECT substr(issued, 1, instr(issued, '-') - 1), max(CAST(substr(issued, instr(issued, '-') + 1) AS INTEGER))
    FROM (${issuedNumbers}) WHERE issued IS NOT NULL GROUP BY 1
    ON CONFLICT (series) DO UPDATE SET highest = max(highest, excluded.highest)`
}
