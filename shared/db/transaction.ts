import type { Db, ResultOf, Statement } from './open-d1.ts'

/** Statements by name, in the sequence in which they run; a name may stand for several, or for none. */
export type NamedStatements = Readonly<Record<string, Statement<unknown> | readonly Statement<unknown>[]>>

/** The results by the same names. */
export type NamedResults<Statements extends NamedStatements> = {
  [Name in keyof Statements]: Statements[Name] extends readonly (infer Each)[]
    ? ResultOf<Each>[]
    : ResultOf<Statements[Name]>
}

/** Runs the statements as one transaction. Their results have names, so that a further statement shifts none. */
export async function transaction<const Statements extends NamedStatements>(
  db: Db,
  statements: Statements,
): Promise<NamedResults<Statements>> {
  const named = Object.entries<Statement<unknown> | readonly Statement<unknown>[]>(statements)
  const results: unknown[] = await db.batch(named.flatMap(([, one]) => one))
  const left = results.values()
  const byName = named.map(([name, one]) => [name, isSeveral(one) ? [...left.take(one.length)] : left.next().value])
  return Object.fromEntries(byName) as NamedResults<Statements>
}

function isSeveral(
  statements: Statement<unknown> | readonly Statement<unknown>[],
): statements is readonly Statement<unknown>[] {
  return Array.isArray(statements)
}
