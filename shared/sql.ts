/** What a statement is given beside its text: D1 binds it, so it is never read as SQL. */
export type SqlValue = string | number | null

/** A part of a statement, or a whole one: its text, with a question mark for each value. */
export class SQL {
  readonly text: string
  readonly values: readonly SqlValue[]

  constructor(text: string, values: readonly SqlValue[]) {
    this.text = text
    this.values = values
  }
}

/** SQL as it is written; each `${}` is a part of a statement, or a value that is bound. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (SQL | SqlValue)[]): SQL {
  let text = texts[0] ?? ''
  const values: SqlValue[] = []
  for (const [index, part] of parts.entries()) {
    if (part instanceof SQL) {
      text += part.text
      values.push(...part.values)
    } else {
      text += '?'
      values.push(part)
    }
    text += texts[index + 1] ?? ''
  }
  return new SQL(text, values)
}

/** A text of ours as SQL: nothing in it may come from outside. */
sql.raw = (text: string): SQL => new SQL(text, [])

/** The parts, one after the other, with another between them. */
sql.join = (parts: readonly SQL[], between: SQL): SQL => {
  const all = parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]))
  return new SQL(
    all.map(({ text }) => text).join(''),
    all.flatMap(({ values }) => values),
  )
}
