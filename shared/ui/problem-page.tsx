import { type FrameProps, Layout } from './layout.tsx'
import { type ProblemName, PROBLEMS } from '../edge/problem.ts'
import { DescriptionList, PageHeader, Panel } from './parts.tsx'

/** What a problem's `type` leads to: what it means and what the program's author can do. */
export function ProblemPage({ name, ...frame }: FrameProps & { name: ProblemName }) {
  const { status, title, help } = PROBLEMS[name]
  return (
    <Layout {...frame} title={title}>
      <PageHeader title={title}>
        The API answers this with problem details (RFC 9457): a JSON body of the type application/problem+json.
      </PageHeader>
      <Panel title="What to do">
        <p class="prose">{help}</p>
      </Panel>
      <Panel title="How to recognize it">
        <DescriptionList
          entries={[
            { term: 'HTTP status', description: status },
            { term: 'Member type', description: <code>{`/problems/${name}`}</code> },
            { term: 'Member detail', description: 'What went wrong this time, in a sentence.' },
          ]}
        />
      </Panel>
    </Layout>
  )
}
