import { numberFormat } from '../../../../shared/text/formats.ts'
import { EmptyState, Panel } from '../../../../shared/ui/parts.tsx'
import type { RunSlice } from '../../../../shared/handover/consumer/operator/report-store.ts'
import { fillSlices } from '../run-history.ts'
import type { SyncView } from './sync-view.ts'

/** The last six hours of the pull as pictures: its runs, what they read, and how long they took. */
export function Pictures({ view: { slices, now } }: { view: SyncView }) {
  const filled = fillSlices(slices, now)
  const sum = (member: 'runs' | 'failed' | 'records') => filled.reduce((total, slice) => total + slice[member], 0)
  const longest = Math.max(...filled.map(({ longestSeconds }) => longestSeconds))
  return (
    <Panel title="The last six hours">
      {sum('runs') === 0 ? (
        <EmptyState title="No run has ended in the last six hours" />
      ) : (
        <div class="pictures">
          <Picture title={`Runs: ${write(sum('runs'))}, ${write(sum('failed'))} failed`} slices={filled} bars={RUNS} />
          <Picture title={`Orders read: ${write(sum('records'))}`} slices={filled} bars={ORDERS} />
          <Picture title={`Longest run: ${write(longest)} s`} slices={filled} bars={SECONDS} />
        </div>
      )}
    </Panel>
  )
}

function write(figure: number): string {
  return numberFormat('en', { maximumFractionDigits: 1 }).format(figure)
}

/** What is drawn of a slice, one bar upon the other: what went well first. */
type Bars = (slice: RunSlice) => { ok: number; failed: number }

const RUNS: Bars = ({ runs, failed }) => ({ ok: runs - failed, failed })
const ORDERS: Bars = ({ records }) => ({ ok: records, failed: 0 })
const SECONDS: Bars = ({ longestSeconds }) => ({ ok: longestSeconds, failed: 0 })

const BAR_WIDTH = 6
const HEIGHT = 48

function Picture({ title, slices, bars }: { title: string; slices: readonly RunSlice[]; bars: Bars }) {
  const drawn = slices.map(bars)
  const highest = Math.max(...drawn.map(({ ok, failed }) => ok + failed))
  const scale = highest === 0 ? 0 : HEIGHT / highest
  return (
    <figure class="picture">
      <figcaption>{title}</figcaption>
      <svg
        role="img"
        aria-label={`${title}. The highest of ten minutes is ${write(highest)}.`}
        viewBox={`0 0 ${slices.length * BAR_WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {drawn.map(({ ok, failed }, index) => (
          <>
            {ok > 0 && <Bar index={index} from={0} height={ok * scale} tone="ok" />}
            {failed > 0 && <Bar index={index} from={ok * scale} height={failed * scale} tone="failed" />}
          </>
        ))}
      </svg>
      <p class="picture-axis">
        <span>6 hours ago</span>
        <span>now</span>
      </p>
    </figure>
  )
}

function Bar({ index, from, height, tone }: { index: number; from: number; height: number; tone: 'ok' | 'failed' }) {
  // One unit at least: a failure among a hundred runs is seen.
  const tall = Math.max(1, height)
  const y = Math.max(0, HEIGHT - from - tall)
  return (
    <rect
      class={`bar-${tone}`}
      x={String(index * BAR_WIDTH)}
      y={y.toFixed(2)}
      width={String(BAR_WIDTH - 1)}
      height={tall.toFixed(2)}
    />
  )
}
