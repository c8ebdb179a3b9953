import { Button, Field } from '../../../shared/ui.tsx'

type TraceFormProps = {
  /** What was asked for, to be mended or asked again. */
  asked?: string | undefined
  error?: string | undefined
  /** Whether it is what the page is for, and has the focus when the page comes. */
  focused?: boolean | undefined
}

/** Asks where an order is, by its number. */
export function TraceForm({ asked, error, focused = false }: TraceFormProps) {
  return (
    <form class="filter-bar" method="get" action="/trace" role="search" aria-label="Where is my order?">
      <Field
        name="order"
        label="Order number"
        value={asked}
        error={error}
        width="short"
        attributes={{ inputmode: 'numeric', maxlength: 16, autofocus: focused }}
      />
      <Button>Trace</Button>
    </form>
  )
}
