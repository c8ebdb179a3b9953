import type { Child } from 'hono/jsx'
import { StoredText } from './stored-text.tsx'

/** What is known of one thing: a term and what it is. An entry whose description is null is left out. */
export type Description = { term: string; description: Child }

/** What stands alone in its place is often what somebody typed: so that nobody has to remember it, each such text is isolated. */
function isolate(content: Child): Child {
  return typeof content === 'string' && content !== '' ? <StoredText>{content}</StoredText> : content
}

/** Terms and what they are. */
export function DescriptionList({ entries }: { entries: readonly Description[] }) {
  return (
    <dl class="description-list">
      {entries
        .filter(({ description }) => description !== null && description !== undefined)
        .map(({ term, description }) => (
          <div>
            <dt>{term}</dt>
            <dd>{isolate(description)}</dd>
          </div>
        ))}
    </dl>
  )
}

/** A column: its head, and what stands in it for a row. Figures and amounts are numeric. */
export type Column<Row> = {
  label: string
  numeric?: boolean
  /** Only for those who do not see the page: over a column of links or buttons, which stands at the row's end. */
  labelHidden?: boolean
  /** What stands in it is pressed, and so is not printed. */
  pressed?: boolean
  /** The rows can be sorted by it. */
  sort?: Sorting
  cell: (row: Row) => Child
}

/** How rows are sorted by a column, if they are, and the address that sorts them so, or the other way round. */
export type Sorting = { href: string; order: 'ascending' | 'descending' | undefined }

type DataTableProps<Row> = {
  /** What the table is of; seen only if `captionShown`. */
  caption: string
  captionShown?: boolean | undefined
  /** The first one names the row. */
  columns: readonly Column<Row>[]
  rows: readonly Row[]
}

/**
 * Rows of the same kind. On a narrow screen each row becomes a card; the roles are written out because a browser
 * takes them off a table that is laid out as something else.
 */
export function DataTable<Row>({ caption, captionShown, columns, rows }: DataTableProps<Row>) {
  return (
    <div class="table-frame">
      <table class="data-table" role="table">
        <caption class={captionShown === true ? undefined : 'visually-hidden'}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <ColumnHead {...column} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row">
              {columns.map((column, index) => (
                <DataCell column={column} row={row} names={index === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ColumnHead<Row>(column: Column<Row>) {
  const { label, labelHidden, sort } = column
  const name = labelHidden === true ? <span class="visually-hidden">{label}</span> : label
  return (
    <th
      scope="col"
      role="columnheader"
      class={alignment(column)}
      aria-sort={sort?.order ?? (sort === undefined ? undefined : 'none')}
    >
      {sort === undefined ? (
        name
      ) : (
        <a class="sort" href={sort.href}>
          {name}
        </a>
      )}
    </th>
  )
}

function alignment<Row>({ numeric, labelHidden, pressed }: Pick<Column<Row>, 'numeric' | 'labelHidden' | 'pressed'>) {
  if (labelHidden === true) return 'acts'
  if (pressed === true) return 'no-print'
  return numeric === true ? 'numeric' : undefined
}

function DataCell<Row>({ column, row, names }: { column: Column<Row>; row: Row; names: boolean }) {
  const aligned = alignment(column)
  const label = column.labelHidden === true ? undefined : column.label
  if (names) {
    return (
      <th scope="row" role="rowheader" class={aligned} data-label={label}>
        {isolate(column.cell(row))}
      </th>
    )
  }
  return (
    <td role="cell" class={aligned} data-label={label}>
      {isolate(column.cell(row))}
    </td>
  )
}
