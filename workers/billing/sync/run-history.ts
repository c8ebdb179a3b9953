import type { RunSlice } from '../../../shared/handover/consumer/operator/report-store.ts'

const SLICE_MS = 600_000
const SLICES = 36

/** When the pictures of the last six hours begin. */
export function pictureBegin(now: string): string {
  return new Date(beginMs(now)).toISOString()
}

/** Every slice of the last six hours, the oldest first: one without runs is nothing. */
export function fillSlices(slices: readonly RunSlice[], now: string): RunSlice[] {
  const byMs = new Map(slices.map((slice) => [Date.parse(slice.at), slice]))
  return [...Array(SLICES).keys()].map((index) => {
    const ms = beginMs(now) + index * SLICE_MS
    return byMs.get(ms) ?? { at: new Date(ms).toISOString(), runs: 0, failed: 0, records: 0, longestSeconds: 0 }
  })
}

function beginMs(now: string): number {
  return (Math.floor(Date.parse(now) / SLICE_MS) - SLICES + 1) * SLICE_MS
}
