import type { Child } from 'hono/jsx'
import { Day, Moment } from './figures.tsx'

// One door to all components: what people press, what they fill in, what is counted and dated, what stands in rows, what is printed.
export * from './buttons.tsx'
export * from './form-fields.tsx'
export * from './figures.tsx'
export * from './stored-text.tsx'
export * from './data-table.tsx'
export * from './document-frame.tsx'
export * from './document-figures.tsx'

/** The look of what is said: how much it matters to the reader. */
export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'error'

type PageHeaderProps = {
  title: string
  /** The way back to the list that this page came from. */
  back?: { href: string; label: string } | undefined
  /** A state, beside the title. */
  badge?: Child
  /** What can be done here: buttons and links. */
  actions?: Child
  /** One line below the title. */
  children?: Child
}

/** A page's head with its one h1. */
export function PageHeader({ title, back, badge, actions, children }: PageHeaderProps) {
  return (
    <div class="page-header">
      {back !== undefined && (
        <a class="back" href={back.href}>
          {back.label}
        </a>
      )}
      <div class="page-header-row">
        <h1>{title}</h1>
        {badge}
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </div>
      {children !== undefined && <p class="page-lead">{children}</p>}
    </div>
  )
}

type PanelProps = {
  /** What an address leads to it by. */
  id?: string
  title?: string | undefined
  actions?: Child
  children: Child
}

/** A part of a page under its own heading, on a surface of its own. */
export function Panel({ id, title, actions, children }: PanelProps) {
  return (
    <section class="panel" id={id}>
      {title !== undefined && (
        <div class="panel-head">
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  )
}

const STATES = {
  Draft: { label: 'Draft', tone: 'neutral' },
  Confirmed: { label: 'Confirmed', tone: 'success' },
  Deleted: { label: 'Deleted', tone: 'error' },
  ToApprove: { label: 'To approve', tone: 'info' },
  Approved: { label: 'Approved', tone: 'success' },
  Rejected: { label: 'Rejected', tone: 'error' },
  Cancelled: { label: 'Cancelled', tone: 'neutral' },
  PartlyCredited: { label: 'Partly credited', tone: 'warning' },
  Credited: { label: 'Credited', tone: 'neutral' },
  OrderChanged: { label: 'Order changed', tone: 'warning' },
  OrderDeleted: { label: 'Order deleted', tone: 'warning' },
  Quarantined: { label: 'In quarantine', tone: 'warning' },
  InOrdering: { label: 'Not in billing yet', tone: 'info' },
  running: { label: 'Running', tone: 'info' },
  ok: { label: 'OK', tone: 'success' },
  failed: { label: 'Failed', tone: 'error' },
  skipped: { label: 'Skipped', tone: 'neutral' },
} as const satisfies Record<string, { label: string; tone: Tone }>

/** The state of an order, an invoice or a run, or what has become of it. */
export type BadgeState = keyof typeof STATES

/** A state in the words that people read: ToApprove is `To approve`. */
export function stateLabel(state: BadgeState): string {
  return STATES[state].label
}

/** The state of an order, an invoice or a run, in its word and colour. */
export function StateBadge({ state }: { state: BadgeState }) {
  return <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>
}

/** A word set apart. Its colour says nothing that the word does not. */
function Badge({ tone = 'neutral', children }: { tone?: Tone; children: Child }) {
  return <span class={`badge tone-${tone}`}>{children}</span>
}

type NoticeProps = { tone?: Exclude<Tone, 'neutral'>; title?: string | undefined; children?: Child }

/** Something the reader should know before reading on. What went wrong is read out at once. */
export function Notice({ tone = 'info', title, children }: NoticeProps) {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'error' ? 'alert' : tone === 'success' ? 'status' : undefined}>
      {title !== undefined && <p class="notice-title">{keepNumbersWhole(title)}</p>}
      {children !== undefined && <div class="notice-body">{children}</div>}
    </div>
  )
}

/** A number of an invoice or credit note, which read as two if a line ended at its hyphen. */
const DOCUMENT_NUMBER = /(\bC?\d{4}-\d{6,}\b)/

function keepNumbersWhole(title: string): Child {
  return title
    .split(DOCUMENT_NUMBER)
    .map((part, index) => (index % 2 === 1 ? <span class="unbroken">{part}</span> : part))
}

/** What stands above a list: how much is there, and what can be done with the whole of it. */
export function ListHead({ count, actions }: { count: Child; actions?: Child }) {
  return (
    <div class="list-head">
      <p role="status">{count}</p>
      {actions}
    </div>
  )
}

type PagerProps = {
  /** What is paged, for those who do not see the page. */
  label: string
  /** The list's beginning; left out while that is what is shown. */
  first?: string | undefined
  /** What comes after; left out at the end. */
  next?: string | undefined
  /** The ways' names, where the next page is not what comes after. */
  words?: { first: string; next: string }
  /** How much is shown, in words. */
  children?: Child
}

const PAGES = { first: 'First page', next: 'Next page' }

/** The ways on through a list that is longer than a page; nothing where there is neither a way nor a word. */
export function Pager({ label, first, next, words = PAGES, children }: PagerProps) {
  if (first === undefined && next === undefined && children === undefined) return null
  return (
    <nav class="pager" aria-label={label}>
      <span class="pager-count">{children}</span>
      {first !== undefined && (
        <a class="button button-secondary" href={first}>
          {words.first}
        </a>
      )}
      {next !== undefined && (
        <a class="button button-secondary" href={next} rel="next">
          {words.next}
        </a>
      )}
    </nav>
  )
}

/** What stands where a list is empty: why, and what to do. */
export function EmptyState({ title, action, children }: { title: string; action?: Child; children?: Child }) {
  return (
    <div class="empty-state">
      <p class="empty-title">{title}</p>
      {typeof children === 'string' ? <p>{children}</p> : children}
      {action !== undefined && <div class="button-row">{action}</div>}
    </div>
  )
}

/** Something that happened: when, what, and more about it. */
export type TimelineEntry = {
  at: string | null
  /** Only the day of it is told, the business's. */
  dayOnly?: boolean
  title: Child
  tone?: Tone | undefined
  children?: Child
}

/** What happened, in the order it is handed in. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <ol class="timeline">
      {entries.map(({ at, dayOnly = false, title, tone = 'neutral', children }) => (
        <li class={`tone-${tone}`}>
          <p class="timeline-title">{title}</p>
          {at !== null && <p class="timeline-at">{dayOnly ? <Day at={at} /> : <Moment at={at} />}</p>}
          {children}
        </li>
      ))}
    </ol>
  )
}
