import type { Context } from 'hono'
import { Hono } from '../../../shared/edge/hono.ts'
import type { Order } from '../../../shared/contract/order.ts'
import type { OrderInput } from '../../../shared/contract/order-input.ts'
import { sha256 } from '../../../shared/text/digest.ts'
import { orderPath, parseOrderNumber } from '../../../shared/contract/links.ts'
import { describeError } from '../../../shared/edge/log.ts'
import type { FieldError } from '../../../shared/edge/problem.ts'
import { isLocale } from '../../../shared/edge/reader.ts'
import { isPassing } from '../../../shared/edge/edge.ts'
import { findApproval } from '../entry/approval.ts'
import { requestContext, type OrderingEnv } from '../edge/ordering-env.ts'
import { listNotices } from '../orders/notice-store.ts'
import { isPriced, readCurrency } from './currency-choice.ts'
import { amendOrder, placeOrder } from '../entry/order-entry.ts'
import { listDifferences, takePart } from './conflict.ts'
import { parseForm } from './parse.ts'
import { type FormStep, type RemovedRow, stepOf } from './step.ts'
import { askAboutPrices, isQuantity, type OrderFormView, type SentForm, takeStep, viewOf } from './view.ts'
import { emptyForm, type FormPlace, type OrderForm, readForm, withoutBlankRows, writeForm } from './form.ts'
import { findOrder } from '../orders/order-store.ts'
import { type ExternalIdTaken, inputOf } from '../orders/order.ts'
import { frameFor, noOrder, readerFor } from '../edge/page-context.ts'
import { DeletedOrderPage } from '../edge/no-order-pages.tsx'
import { AmendOrderPage, NewOrderPage } from './pages/order-entry-pages.tsx'
import { readSentFields, type SentFields } from '../edge/sent-fields.ts'
import { type CustomerErased, describeErased } from '../records/erased-customer-store.ts'

/** What a new order is in until its customer says otherwise. */
const USUAL_CURRENCY = 'EUR'

type OrderingContext = Context<OrderingEnv>
type Page = ReturnType<typeof newOrderPage>

/** Entering and amending an order. Every button of the form posts to the same address, and its value says the step. */
export const orderForms = new Hono<OrderingEnv>()
  .get('/orders/new', async (c) => {
    const copied = parseOrderNumber(c.req.query('copy') ?? '')
    const model = copied === undefined ? undefined : await findOrder(c.var.db, copied)
    const place = readerFor(c)
    const empty = viewOf(emptyForm(USUAL_CURRENCY, place.locale), {
      focus: 'customerSearch',
      choice: { origin: 'usual' },
    })
    return c.html(newOrderPage(c, model === undefined ? empty : viewOf(copyOf(model, place))))
  })
  .post('/orders', async (c) => {
    const sent = await readSentFields(c.req.raw)
    const view = typedView(c, sent)
    return keepTyped(c, enterOrder(c, sent), () => newOrderPage(c, view, keyOf(sent), 'unavailable'))
  })
  .get('/orders/:number/edit', async (c) => {
    const order = await findShown(c, parseOrderNumber(c.req.param('number')))
    if (order instanceof Response) return order
    return c.html(
      await amendOrderPage(c, order, viewOf(writeForm(inputOf(order), readerFor(c))), order.revision, false),
    )
  })
  .post('/orders/:number/edit', async (c) => {
    const number = parseOrderNumber(c.req.param('number'))
    if (number === undefined) return noOrder(c)
    const sent = await readSentFields(c.req.raw)
    const view = typedView(c, sent)
    return keepTyped(c, amend(c, number, sent), () => (
      <AmendOrderPage
        frame={frameFor(c, view.form.locale)}
        number={number}
        view={view}
        seenRevision={Number(sent.get('seen'))}
        unsaved
        unavailable
      />
    ))
  })

async function enterOrder(c: OrderingContext, sent: SentFields): Promise<Response> {
  const key = keyOf(sent)
  const { step, typed } = await readRequest(c, sent)
  const { form, choice } = typed
  if (hasUnknownLocale(sent)) {
    return c.html(newOrderPage(c, viewOf(form, { choice, errors: [LOCALE_UNKNOWN] }), key), 422)
  }
  if (step.act !== 'save') return c.html(newOrderPage(c, await takeStep(c.var.db, typed, step), key))
  if (choice.asked !== undefined) return c.html(newOrderPage(c, await undecided(c, typed), key), 422)
  const parsed = parseForm(form, { timeZone: readerFor(c).timeZone })
  if (!parsed.ok) return c.html(newOrderPage(c, viewOf(form, { choice, errors: parsed.error }), key), 422)
  const placed = await placeOrder(requestContext(c), parsed.value, await idempotencyOf(key, parsed.value))
  // 303, not 302: a reload after placing an order must not post it again (RFC 9110, section 15.4.4).
  if (placed.ok) return c.redirect(orderPath(placed.value.order.number), 303)
  switch (placed.error.reason) {
    case 'external_id_taken':
      return c.html(newOrderPage(c, viewOf(form, { choice, errors: [externalIdError(placed.error)] }), key), 422)
    case 'customer_erased':
      return c.html(newOrderPage(c, viewOf(form, { choice, errors: [erasedError(placed.error)] }), key), 422)
    case 'key_reused':
      return c.html(newOrderPage(c, viewOf(form, { choice }), undefined, 'saved_before'), 409)
  }
}

async function amend(c: OrderingContext, number: number, sent: SentFields): Promise<Response> {
  const order = await findShown(c, number)
  if (order instanceof Response) return order
  const seen = Number(sent.get('seen'))
  const conflicting = sent.has('conflict')
  const { timeZone } = readerFor(c)
  const { step, typed } = await readRequest(c, sent)
  const { form, choice } = typed
  if (hasUnknownLocale(sent)) {
    const view = viewOf(form, { choice, errors: [LOCALE_UNKNOWN] })
    return c.html(await amendOrderPage(c, order, view, seen, conflicting), 422)
  }
  if (step.act === 'take') {
    // Their currency without their prices would make other sums of yours: what becomes of those is asked.
    const asks = step.part === 'currency' && isPriced(form)
    const view = asks
      ? viewOf(form, { choice: { ...choice, asked: order.currency } })
      : viewOf(takePart(form, step.part, order, timeZone), { choice })
    return c.html(await amendOrderPage(c, order, await askAboutPrices(c.var.db, view), seen, true))
  }
  if (step.act !== 'save') {
    const view = await takeStep(c.var.db, typed, step)
    return c.html(await amendOrderPage(c, order, view, seen, conflicting))
  }
  if (choice.asked !== undefined) {
    return c.html(await amendOrderPage(c, order, await undecided(c, typed), seen, conflicting), 422)
  }
  const parsed = parseForm(form, { placedAt: order.placedAt, timeZone })
  if (!parsed.ok) {
    const view = viewOf(form, { choice, errors: parsed.error })
    return c.html(await amendOrderPage(c, order, view, seen, conflicting), 422)
  }
  const amended = await amendOrder(requestContext(c), order.number, parsed.value, seen)
  if (amended.ok) return c.redirect(orderPath(order.number), 303)
  switch (amended.error.reason) {
    case 'unknown':
      return noOrder(c)
    case 'deleted':
      return c.html(<DeletedOrderPage frame={frameFor(c)} number={order.number} />, 410)
    case 'stale':
      // Sent twice: the first one has saved just this.
      if (listDifferences(form, amended.error.current, timeZone).length === 0) {
        return c.redirect(orderPath(order.number), 303)
      }
      return c.html(await amendOrderPage(c, amended.error.current, viewOf(form, { choice }), seen, true), 412)
    case 'external_id_taken': {
      const view = viewOf(form, { choice, errors: [externalIdError(amended.error)] })
      return c.html(await amendOrderPage(c, order, view, seen, conflicting), 422)
    }
    case 'customer_erased': {
      const view = viewOf(form, { choice, errors: [erasedError(amended.error)] })
      return c.html(await amendOrderPage(c, order, view, seen, conflicting), 422)
    }
  }
}

/** The form that was to be saved before it was decided what another currency makes of its prices. */
function undecided(c: OrderingContext, { form, choice }: SentForm): Promise<OrderFormView> {
  const errors = [{ pointer: '/currency', detail: 'Choose what to do with the prices' }]
  return askAboutPrices(c.var.db, viewOf(form, { choice, errors }))
}

/** The form as it was typed, where nothing can be looked up for it. */
function typedView(c: OrderingContext, sent: SentFields): OrderFormView {
  const { form, choice } = readCurrency(sent, readForm(sent, localeOf(c, sent)))
  return viewOf(form, { choice })
}

/**
 * The answer; or, where the database does not give one, the form as it was sent, for what was typed must not be lost. It
 * may be sent again: a new order has its key, and an amended one the revision that it replaces.
 */
async function keepTyped(c: OrderingContext, answer: Promise<Response>, form: () => Page): Promise<Response> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof Error && isPassing(error))) throw error
    c.var.log.error('request.failed', { method: c.req.method, path: c.req.path, ...describeError(error) })
    return c.html(form(), 503, { 'Retry-After': '5' })
  }
}

function keyOf(sent: SentFields): string | undefined {
  return sent.get('idempotencyKey')
}

function newOrderPage(
  c: OrderingContext,
  view: OrderFormView,
  key: string = crypto.randomUUID(),
  because?: 'saved_before' | 'unavailable',
) {
  const unsaved = c.req.method === 'POST'
  const frame = frameFor(c, view.form.locale)
  return <NewOrderPage frame={frame} view={view} idempotencyKey={key} unsaved={unsaved} because={because} />
}

/** The amending page; in a conflict, what was saved last is shown beside it and is what the next save replaces. */
async function amendOrderPage(
  c: OrderingContext,
  saved: Order,
  view: OrderFormView,
  seen: number,
  conflicting: boolean,
) {
  const notices = saved.confirmedAt === null ? [] : await listNotices(c.var.db, saved.number)
  return (
    <AmendOrderPage
      frame={frameFor(c, view.form.locale)}
      number={saved.number}
      view={view}
      seenRevision={conflicting ? saved.revision : seen}
      approval={findApproval(notices)}
      unsaved={c.req.method === 'POST'}
      conflict={
        conflicting ? { saved, differences: listDifferences(view.form, saved, readerFor(c).timeZone) } : undefined
      }
    />
  )
}

/** The order with the number, or the answer where there is none to amend. */
async function findShown(c: OrderingContext, number: number | undefined): Promise<Order | Response> {
  const order = number === undefined ? undefined : await findOrder(c.var.db, number)
  if (order === undefined) return noOrder(c)
  if (order.state === 'Deleted') return c.html(<DeletedOrderPage frame={frameFor(c)} number={order.number} />, 410)
  return order
}

/** The form of a new order like another: what identifies that one, and its day, is not copied. */
function copyOf(order: Order, place: FormPlace): OrderForm {
  return { ...writeForm(inputOf(order), place), externalId: '', placedAt: '' }
}

function externalIdError({ orderNumber }: ExternalIdTaken): FieldError {
  return { pointer: '/externalId', detail: `Order ${orderNumber} already has this ID` }
}

function erasedError(erased: CustomerErased): FieldError {
  return { pointer: '/customer/id', detail: `${describeErased(erased)}. If they order again, use a new ID` }
}

/** The locale of the page that the form was sent from; of one that would answer now, where it does not say. */
function localeOf(c: OrderingContext, sent: SentFields): string {
  const locale = sent.get('locale')
  return locale !== undefined && isLocale(locale) ? locale : readerFor(c).locale
}

/** Whether the form says that its figures are in a locale that is none, so that nothing can be read. */
function hasUnknownLocale(sent: SentFields): boolean {
  const locale = sent.get('locale')
  return locale !== undefined && !isLocale(locale)
}

const LOCALE_UNKNOWN: FieldError = {
  pointer: '',
  detail: 'This form did not say which language it was in, so its numbers were not read. Check them, then save again',
}

/** What was asked for, of which form. What is to be saved comes without the rows in which nothing was typed. */
async function readRequest(c: OrderingContext, sent: SentFields): Promise<{ step: FormStep; typed: SentForm }> {
  const { form, choice } = readCurrency(sent, readForm(sent, localeOf(c, sent)))
  const customerSearch = sent.get('customerSearch')?.trim() ?? ''
  const customerSearched = sent.get('customerSearched')?.trim() ?? ''
  const row = sent.get('scanned')
  const scanned = row === undefined ? undefined : { row: Number(row), quantity: sent.get('scannedQuantity') ?? '' }
  const asked = stepOf(sent.get('action'), form, { customerSearch, customerSearched, scanned })
  const saves = asked.act === 'scan' && (await isQuantity(c.var.db, asked))
  const step: FormStep = saves ? { act: 'save' } : asked
  const shown = step.act === 'save' ? withoutBlankRows(form) : form
  return {
    step,
    typed: { form: shown, choice, customerSearch, customerSearched, removed: readRemoved(sent, form.locale) },
  }
}

/** The row that the last step took out, which its page sends along as `removed.` with the names of the row's fields. */
function readRemoved(sent: SentFields, locale: string): RemovedRow | undefined {
  const row = Number(sent.get('removedFrom'))
  const names = [...sent].filter(([name]) => name.startsWith('removed.'))
  if (names.length === 0 || !Number.isInteger(row)) return undefined
  const { lines, charges } = readForm(
    new Map(names.map(([name, text]) => [name.slice('removed.'.length), text])),
    locale,
  )
  const [line] = lines
  const [charge] = charges
  if (line !== undefined) return { list: 'lines', row, fields: line }
  return charge && { list: 'charges', row, fields: charge }
}

/** By which the form makes one order however often it is sent; nothing if the key is none that this page gave out. */
async function idempotencyOf(key: string | undefined, input: OrderInput) {
  if (key === undefined || !/^[0-9a-f-]{36}$/.test(key)) return undefined
  return { key, bodyDigest: await sha256(JSON.stringify(input)) }
}
