/** The header by which a call between the apps says what it belongs to (W3C Trace Context, level 1). */
export const TRACE_PARENT = 'traceparent'

const FORMAT =
  /^[0-9a-f]{2}-([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The header for a call that belongs to a run or a request. `id` is a UUID: its 32 digits are the trace's id. */
export function writeTraceParent(id: string): string {
  const span = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  return `00-${id.replaceAll('-', '')}-${span}-01`
}

/** The UUID of the run or request that a call belongs to; undefined where the header is not there, or is none. */
export function parseTraceParent(header: string | null): string | undefined {
  const parts = FORMAT.exec(header ?? '')
  return parts?.slice(1).join('-')
}
