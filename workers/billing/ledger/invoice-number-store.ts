import type { SQL } from 'drizzle-orm'
import { namesOf, plain } from '../../../shared/handover/sql-names.ts'
import { invoiceSeries } from '../schema.ts'

/** The next number of the series: `2026-000001`, `C2026-000001`. */
export function nextNumber(series: string): SQL {
  return plain`${series} || '-' || printf('%06d', 1 + coalesce(
    (SELECT ${invoiceSeries.highest} FROM ${invoiceSeries} WHERE ${invoiceSeries.series} = ${series}), 0))`
}

/** Raises each series to the highest of these numbers, selected as `issued` (the series, a dash, the number in it). */
export function raiseSeries(issuedNumbers: SQL): SQL {
  return plain`
    INSERT INTO ${invoiceSeries} (${namesOf(invoiceSeries, 'series', 'highest')})
    SELECT substr(issued, 1, instr(issued, '-') - 1), max(CAST(substr(issued, instr(issued, '-') + 1) AS INTEGER))
    FROM (${issuedNumbers}) WHERE issued IS NOT NULL GROUP BY 1
    ON CONFLICT (${invoiceSeries.series}) DO UPDATE SET ${invoiceSeries.highest} = max(${invoiceSeries.highest},
      excluded.${invoiceSeries.highest})`
}
