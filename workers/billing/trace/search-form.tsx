import { Button, Field } from '../../../shared/ui/parts.tsx'
import { LONGEST_SEARCH } from '../../../shared/edge/list-query.ts'

type TraceFormProps = {
  /** What was asked for, to be corrected or asked again. */
  asked?: string | undefined
  error?: string | undefined
  /** Whether it is what the page is for, and has the focus when the page comes. */
  focused?: boolean | undefined
}

/** Asks where an order is, by whatever names it. */
export function TraceForm({ asked, error, focused = false }: TraceFormProps) {
  return (
    <form class="filter-bar" method="get" action="/trace" role="search" aria-label="Where is my order?">
      <Field
        name="q"
        label="Order, invoice, credit note or customer"
        type="search"
        value={asked}
        error={error}
        attributes={{ placeholder: 'Number, external ID or name', maxlength: LONGEST_SEARCH, autofocus: focused }}
      />
      <Button>Trace</Button>
    </form>
  )
}
