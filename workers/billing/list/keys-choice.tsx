import type { Child } from 'hono/jsx'

/** The id by which the choice names what the keys do. */
const DESCRIPTION = 'keys-described'

/**
 * Whether single keys do anything on this page: who speaks to their computer, or rests a hand on the keyboard, turns
 * them off (WCAG 2.1.4). The browser keeps it. `children` says what the keys do.
 */
export function KeysChoice({ children }: { children: Child }) {
  return (
    <div class="button-row no-print" data-with-script>
      <label class="choice">
        <input type="checkbox" checked data-keys-choice aria-describedby={DESCRIPTION} />
        Keyboard shortcuts
      </label>
      <span class="hint" id={DESCRIPTION}>
        {children}
      </span>
    </div>
  )
}
