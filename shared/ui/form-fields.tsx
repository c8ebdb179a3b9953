import type { Child } from 'hono/jsx'
import { Sentence } from './stored-text.tsx'
import { Button, ButtonLink, type ControlAttributes } from './buttons.tsx'

/** A field that was refused, by the name it has in the form; null where the form as a whole is meant. */
export type FormError = { name: string | null; message: string }

type FieldProps = {
  name: string
  label: string
  /** What is said of the field below it; its format, for one. */
  hint?: Child
  /** Why what was typed is refused. */
  error?: string | undefined
  required?: boolean | undefined
  /** Only for those who do not see the page: where a column's head says the same. */
  labelHidden?: boolean | undefined
  /** How wide the control may be: a code or figure is short, a sentence as wide as there is room. */
  width?: 'short' | 'medium' | 'full' | undefined
  attributes?: ControlAttributes | undefined
}

/** The id of the control with this name, which links and labels point to. */
function fieldId(name: string): string {
  return 'field-' + name.replaceAll(/[^A-Za-z0-9]+/g, '-')
}

type InputFieldProps = FieldProps & { type?: string | undefined; value?: string | number | null | undefined }

/** A labelled input of one line. What is wrong stands beside it and is read out with it. */
export function Field({ type = 'text', value, ...field }: InputFieldProps) {
  return (
    <FieldFrame {...field}>
      <input type={type} value={value ?? ''} dir={directionOf(type, field)} {...controlAttributes(field)} />
    </FieldFrame>
  )
}

/** Words begin where their own script begins; figures and dates where the page's does. */
function directionOf(type: string, { attributes }: FieldProps): 'auto' | undefined {
  const words = type === 'text' || type === 'search' || type === 'email'
  return words && attributes?.['inputmode'] === undefined ? 'auto' : undefined
}

type TextAreaProps = FieldProps & { value?: string | null | undefined; rows?: number | undefined }

/** A labelled input of several lines. */
export function TextArea({ value, rows = 3, ...field }: TextAreaProps) {
  return (
    <FieldFrame {...field}>
      {/* The parser drops the first line break of a textarea: one more is written, or a note that begins with one loses it. */}
      <textarea rows={rows} dir="auto" {...controlAttributes(field)}>
        {`\n${value ?? ''}`}
      </textarea>
    </FieldFrame>
  )
}

export type SelectOption = { value: string; label: string }
type SelectProps = FieldProps & { value?: string | null | undefined; options: readonly SelectOption[] }

/** A labelled choice. A value that is not among the options is shown as one of them, so that nothing typed is lost. */
export function Select({ value, options, ...field }: SelectProps) {
  const chosen = value ?? ''
  const known = options.some((option) => option.value === chosen)
  return (
    <FieldFrame {...field}>
      <select {...controlAttributes(field)}>
        {!known && (
          <option value={chosen} selected dir="auto">
            {chosen}
          </option>
        )}
        {options.map((option) => (
          <option value={option.value} selected={option.value === chosen}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

function FieldFrame({
  name,
  label,
  hint,
  error,
  required,
  labelHidden,
  width = 'full',
  children,
}: FieldProps & { children: Child }) {
  const id = fieldId(name)
  return (
    <div class={`field field-${width}${error === undefined ? '' : ' field-refused'}`}>
      <label for={id} class={labelHidden === true ? 'visually-hidden' : undefined}>
        {label}
        {required === false && <span class="optional"> (optional)</span>}
      </label>
      {/* The control stands right below its label, so that controls side by side are on one line. */}
      {children}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          <span class="visually-hidden">Error: </span>
          <Sentence text={error} />
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

function controlAttributes({ name, hint, error, required, attributes = {} }: FieldProps) {
  const id = fieldId(name)
  const describedBy = [error === undefined ? '' : `${id}-error`, hint === undefined ? '' : `${id}-hint`].filter(
    (it) => it !== '',
  )
  return {
    ...attributes,
    id,
    name,
    // aria-required, not required: the browser's own balloon would hide the page that says all that is wrong at once.
    'aria-required': required === true ? 'true' : undefined,
    'aria-invalid': error === undefined ? undefined : 'true',
    'aria-describedby': describedBy.length === 0 ? undefined : describedBy.join(' '),
  }
}

/** The error of one field, for its `error`. */
export function errorOf(errors: readonly FormError[], name: string): string | undefined {
  return errors.find((error) => error.name === name)?.message
}

/** All that was refused, before the form, each a link to its field; nothing where nothing was. It takes the focus. */
export function ErrorSummary({
  errors,
  title = 'There is a problem',
}: {
  errors: readonly FormError[]
  title?: string
}) {
  if (errors.length === 0) return null
  return (
    <div class="error-summary" role="alert" aria-labelledby="error-summary-title" tabindex={-1} autofocus>
      <h2 id="error-summary-title">{title}</h2>
      <ul>
        {errors.map(({ name, message }) => (
          <li>
            {name === null ? (
              <Sentence text={message} />
            ) : (
              <a href={`#${fieldId(name)}`}>
                <Sentence text={message} />
              </a>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Fields side by side where there is room, below each other where there is none. */
export function FieldRow({ children }: { children: Child }) {
  return <div class="field-row">{children}</div>
}

type FilterBarProps = {
  /** What is filtered, for those who do not see the page. */
  label: string
  action: string
  /** Where all filters are off; left out while none is on. */
  clear?: string | undefined
  /** What is filtered by less often: MoreFilters. */
  more?: Child
  children: Child
}

/** The filters of a list: a GET form, so that what is shown has an address. */
export function FilterBar({ label, action, clear, more, children }: FilterBarProps) {
  return (
    <form class="filter-bar" method="get" action={action} role="search" aria-label={label}>
      {children}
      <Button>Filter</Button>
      {clear !== undefined && (
        <ButtonLink href={clear} variant="quiet">
          Clear
        </ButtonLink>
      )}
      {more}
    </form>
  )
}

/** Filters that are folded away until they are asked for; those that are on must be seen, so they come `open`. */
export function MoreFilters({ open, children }: { open: boolean; children: Child }) {
  return (
    <details class="more-filters" open={open}>
      <summary>More filters</summary>
      <div class="field-row">{children}</div>
    </details>
  )
}
