import { Button, ButtonRow, Notice } from '../../../../shared/ui/parts.tsx'
import { emptyCharge, emptyLine } from '../form.ts'
import { ChargeRow, LineRow } from './form-rows.tsx'

/** What order-draft.js offers a draft with that was typed before and not saved. */
export function DraftTemplate() {
  return (
    <template id="draft-template">
      <Notice title="You have an unsaved draft">
        <p>
          You were typing it in this tab until <time /> and did not save it.{' '}
          <span data-changed>The order has changed since then: differences are shown when you save.</span>
        </p>
        <ButtonRow>
          <Button type="button" attributes={{ 'data-restore': true }}>
            Restore the draft
          </Button>
          <Button type="button" variant="quiet" attributes={{ 'data-discard': true }}>
            Discard
          </Button>
        </ButtonRow>
      </Notice>
    </template>
  )
}

/** What order-form.js makes new rows from; outside of the form, and inert. */
export function RowTemplates({ locale }: { locale: string }) {
  return (
    <>
      <template id="line-template">
        <LineRow
          line={emptyLine(locale)}
          row={TEMPLATE_ROW}
          net={undefined}
          currency=""
          errors={[]}
          focus={undefined}
          search={undefined}
          note={undefined}
        />
      </template>
      <template id="charge-template">
        <ChargeRow charge={emptyCharge(locale)} row={TEMPLATE_ROW} errors={[]} focus={undefined} />
      </template>
    </>
  )
}

/** The row that templates stand for: above every row there can be, so that a script finds it and puts another. */
const TEMPLATE_ROW = 999
