import type { Child } from 'hono/jsx'

/** Attributes handed through to the control itself: data-* for scripts, inputmode, list, maxlength and the like. */
export type ControlAttributes = Readonly<Record<string, string | number | boolean | undefined>>

type ButtonProps = {
  children: Child
  variant?: 'primary' | 'secondary' | 'danger' | 'quiet' | undefined
  type?: 'submit' | 'button' | undefined
  name?: string | undefined
  value?: string | undefined
  attributes?: ControlAttributes | undefined
}

/** A button; the one that does what the page is for is primary, and there is one at most. */
export function Button({
  children,
  variant = 'secondary',
  type = 'submit',
  name,
  value,
  attributes = {},
}: ButtonProps) {
  return (
    <button type={type} class={`button button-${variant}`} name={name} value={value} {...attributes}>
      {children}
    </button>
  )
}

type ButtonLinkProps = {
  href: string
  children: Child
  variant?: ButtonProps['variant']
  attributes?: ControlAttributes | undefined
}

/** A link that looks like a button, for what leads to the next step without changing anything. */
export function ButtonLink({ href, children, variant = 'secondary', attributes = {} }: ButtonLinkProps) {
  return (
    <a class={`button button-${variant}`} href={href} {...attributes}>
      {children}
    </a>
  )
}

/** Buttons in a row, the main one first. */
export function ButtonRow({ children }: { children: Child }) {
  return <div class="button-row">{children}</div>
}

/** The keys that press a button, for those who see it and have a script; the button itself carries aria-keyshortcuts. */
export function KeyHint({ keys }: { keys: readonly string[] }) {
  return (
    <span class="key-hint" aria-hidden="true">
      {keys.map((key) => (
        <kbd>{key}</kbd>
      ))}
    </span>
  )
}
