import { useContext } from 'hono/jsx'
import { dayOf } from '../time/business-day.ts'
import { MAX_COUNT } from '../contract/count.ts'
import { dateFormat, numberFormat } from '../text/formats.ts'
import { isAhead } from '../time/instant.ts'
import { formatMoney } from '../money/totals.ts'
import { ReaderContext } from '../edge/reader.ts'

/** An amount in the reader's writing. `amount` in minor units. */
export function Money({ amount, currency }: { amount: number; currency: string }) {
  const { locale } = useContext(ReaderContext)
  return <span class="money">{formatMoney(amount, currency, locale)}</span>
}

/** A figure in the reader's writing, such as a quantity or a count. */
export function Figure({ value, unit }: { value: number; unit?: 'percent' }) {
  const { locale } = useContext(ReaderContext)
  const style =
    unit === 'percent' ? ({ style: 'percent', maximumFractionDigits: 2 } as const) : { maximumFractionDigits: 3 }
  return <span class="figure">{numberFormat(locale, style).format(unit === 'percent' ? value / 100 : value)}</span>
}

type CountProps = { value: number; more?: boolean; one: string; many: string }

/** How many of something there are: `1 order`, and `200+ orders` beyond MAX_COUNT or where `more` says that there may be. */
export function Count({ value, more = false, one, many }: CountProps) {
  return (
    <>
      {Math.min(value, MAX_COUNT)}
      {(more || value > MAX_COUNT) && '+'} {value === 1 && !more ? one : many}
    </>
  )
}

/** An instant to the minute, in the reader's time zone unless another one is given. `at` is ISO 8601. */
export function Moment({ at, timeZone }: { at: string; timeZone?: string | undefined }) {
  const reader = useContext(ReaderContext)
  const format = dateFormat(reader.locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timeZone ?? reader.timeZone,
    timeZoneName: 'short',
  })
  // local-times.js writes the same in the browser's zone.
  const moves = reader.zoneOfBrowser && timeZone === undefined
  return (
    <time datetime={at} data-locale={moves ? reader.locale : undefined}>
      {format.format(new Date(at))}
    </time>
  )
}

/**
 * The day on which an instant fell where the business is, whatever zone a reader's browser is in: the same as on each
 * document, list and export. `at` is ISO 8601.
 */
export function Day({ at }: { at: string }) {
  const { timeZone } = useContext(ReaderContext)
  return <CalendarDay day={dayOf(at, timeZone)} />
}

/** A day, given as YYYY-MM-DD, in the reader's writing. */
export function CalendarDay({ day }: { day: string }) {
  const { locale } = useContext(ReaderContext)
  const format = dateFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return <time datetime={day}>{format.format(new Date(day))}</time>
}

const AGES = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const

/**
 * How long ago something was, in its greatest whole unit: `3 days ago`. Both instants are ISO 8601. An instant that lies
 * ahead is written out, since it happened at no known time: a clock that was ahead has dated it.
 */
export function Age({ at, now }: { at: string; now: string }) {
  if (isAhead(at, now)) {
    return (
      <>
        on <Moment at={at} />, by a clock that was ahead
      </>
    )
  }
  return (
    <time datetime={at} title={at}>
      {writeAge((Date.parse(now) - Date.parse(at)) / 1_000)}
    </time>
  )
}

/** In English, as the words round it are. */
function writeAge(seconds: number): string {
  const age = AGES.find((candidate) => seconds >= candidate.seconds)
  if (age === undefined) return 'just now'
  return new Intl.RelativeTimeFormat('en').format(-Math.floor(seconds / age.seconds), age.unit)
}
