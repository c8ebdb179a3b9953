import { DataTable } from './data-table.tsx'
import type { User } from '../access/identity.ts'
import type { DescribedRight } from '../access/rules.ts'
import { type FrameProps, Layout } from './layout.tsx'
import { type Role, ROLE_TITLES } from '../access/roles.ts'
import { DescriptionList, EmptyState, PageHeader, Panel } from './parts.tsx'

/** Who one is to this app, by Cloudflare Access, and what one may do in it. */
export function MePage({ me, rights, ...frame }: FrameProps & { me: User; rights: readonly DescribedRight[] }) {
  return (
    <Layout {...frame} title="Your roles">
      <PageHeader title="Your roles">Cloudflare Access says who you are. Your operator assigns roles.</PageHeader>
      <Panel title="You">
        <DescriptionList
          entries={[
            { term: 'Signed in as', description: me.email },
            { term: 'Roles', description: me.roles.length === 0 ? 'None' : titlesOf(me.roles) },
          ]}
        />
      </Panel>
      {me.roles.length === 0 && (
        <EmptyState title="You have no role here">
          Ask your operator for one: without a role this app shows you nothing.
        </EmptyState>
      )}
      <DataTable
        caption="What can be done here"
        captionShown
        rows={rights}
        columns={[
          { label: 'What', cell: ({ title }) => title },
          { label: 'You may', cell: ({ roles }) => (roles.some((role) => me.roles.includes(role)) ? 'Yes' : 'No') },
          { label: 'Who may', cell: ({ roles }) => titlesOf(roles) },
        ]}
      />
      <p>
        Programs can do the same through <a href="/api">the API</a>.
      </p>
    </Layout>
  )
}

function titlesOf(roles: readonly Role[]): string {
  return roles.map((role) => ROLE_TITLES[role]).join(', ')
}
