/** An app, and the migrations that its code needs, in their order. */
export type Release = { app: 'ordering' | 'billing'; migrations: readonly string[] }

/** What is missing, and the command by which an operator applies it, in a sentence. */
export function describeMissing({ app }: Release, missing: readonly string[]): string {
  return (
    `The database of ${app} is older than its code and lacks ${missing.join(', ')}; ` +
    `"npx wrangler d1 migrations apply DB --remote --config wrangler.${app}.toml" with the deployment’s --env applies them, ` +
    'and on your own machine npm start does'
  )
}
