import type { Child } from 'hono/jsx'
import { SchemaType } from './schema-type.tsx'
import { type FrameProps, Layout } from '../ui/layout.tsx'
import type { JsonSchema, OpenApiDocument, OperationObject, ResponseObject } from './format.ts'
import { DataTable, PageHeader, Panel } from '../ui/parts.tsx'

type Named = { method: string; path: string; operation: OperationObject }

/** An API's document for people: what can be asked, by what it is about, and of what it is made. */
export function ApiPage({ document, ...frame }: FrameProps & { document: OpenApiDocument }) {
  const { info, tags, paths, components } = document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Named => ({ method: method.toUpperCase(), path, operation })),
  )
  return (
    <Layout {...frame} title="API">
      <PageHeader title="API">
        {info.title}, release {info.version}. The same for programs: <a href="/api/openapi.json">openapi.json</a>
      </PageHeader>
      <Panel>
        <Prose text={info.description} />
        <p class="prose">
          A program signs in with a service token of Cloudflare Access, sent as the headers CF-Access-Client-Id and
          CF-Access-Client-Secret.
        </p>
        <DataTable
          caption="All that can be asked"
          rows={operations}
          columns={[
            {
              label: 'What',
              cell: ({ operation }) => <a href={`#${operation.operationId}`}>{operation.summary}</a>,
            },
            { label: 'Request', cell: ({ method, path }) => <code>{`${method} ${path}`}</code> },
          ]}
        />
      </Panel>
      {tags.map(({ name, description }) => (
        <>
          <h2>{name}</h2>
          <p class="prose">{description}</p>
          {operations
            .filter(({ operation }) => operation.tags.includes(name))
            .map((named) => (
              <Operation {...named} />
            ))}
        </>
      ))}
      <h2>Schemas</h2>
      {Object.entries(components.schemas).map(([name, schema]) => (
        <Schema name={name} schema={schema} />
      ))}
    </Layout>
  )
}

function Operation({ method, path, operation }: Named) {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  return (
    <section class="panel" id={operationId} aria-label={summary}>
      <h3>{summary}</h3>
      <p>
        <code>{`${method} ${path}`}</code>
      </p>
      <Prose text={description} />
      {parameters.length > 0 && (
        <DataTable
          caption="Parameters"
          captionShown
          rows={parameters}
          columns={[
            { label: 'Name', cell: ({ name }) => <code>{name}</code> },
            { label: 'Where', cell: (parameter) => parameter.in },
            { label: 'What it may be', cell: ({ schema }) => <TypeCell schema={schema} /> },
            {
              label: 'Meaning',
              cell: ({ description, required }) => (
                <span>
                  <Code text={required === true ? `${description} Required.` : description} />
                </span>
              ),
            },
          ]}
        />
      )}
      {Object.entries(requestBody?.content ?? {}).map(([mediaType, { schema, example }]) => (
        <>
          <p>
            Sent as <code>{mediaType}</code>: <SchemaType schema={schema} />
          </p>
          <Example value={example} />
        </>
      ))}
      <DataTable
        caption="Answers"
        captionShown
        rows={Object.entries(responses)}
        columns={[
          { label: 'Status', cell: ([status]) => status },
          { label: 'Meaning', cell: ([, response]) => <Meaning response={response} /> },
          { label: 'Body', cell: ([, response]) => <BodyType response={response} /> },
        ]}
      />
      {Object.entries(responses).map(([status, { content }]) => {
        const example = content?.['application/json']?.example
        return (
          example !== undefined && (
            <>
              <p>{status}, for example:</p>
              <Example value={example} />
            </>
          )
        )
      })}
    </section>
  )
}

/** A cell lays its children out apart where the screen is narrow: what belongs together is one child. */
function TypeCell({ schema }: { schema: JsonSchema }) {
  return (
    <span>
      <SchemaType schema={schema} />
    </span>
  )
}

function Meaning({ response }: { response: ResponseObject }) {
  return (
    <span>
      <Code text={response.description} />
      {Object.entries(response.headers ?? {}).map(([name, { description }]) => (
        <>
          <br />
          <code>{name}</code>: <Code text={description} />
        </>
      ))}
    </span>
  )
}

function BodyType({ response: { content = {} } }: { response: ResponseObject }) {
  return (
    <span>
      {Object.entries(content).map(([mediaType, { schema }]) =>
        mediaType === 'application/problem+json' ? (
          <ProblemTypes schema={schema} />
        ) : mediaType === 'application/json' ? (
          <SchemaType schema={schema} />
        ) : (
          <code>{mediaType}</code>
        ),
      )}
    </span>
  )
}

/** Links to the pages of the problems that an answer may be. */
function ProblemTypes({ schema }: { schema: JsonSchema }) {
  const { allOf } = schema as { allOf: [unknown, { properties: { type: { enum: string[] } } }] }
  return (
    <span>
      {allOf[1].properties.type.enum.map((type, index) => (
        <>
          {index > 0 && ', '}
          <a href={type}>{type.replace('/problems/', '')}</a>
        </>
      ))}
    </span>
  )
}

function Schema({ name, schema }: { name: string; schema: JsonSchema }) {
  const { description, properties, required } = schema as {
    description: string
    properties?: Record<string, JsonSchema & { description?: string }>
    required?: string[]
  }
  return (
    <section class="panel" id={name} aria-label={name}>
      <h3>{name}</h3>
      <p class="prose">{description}</p>
      <DataTable
        caption={`Members of ${name}`}
        rows={Object.entries(properties ?? {})}
        columns={[
          { label: 'Member', cell: ([member]) => <code>{member}</code> },
          { label: 'What it may be', cell: ([, property]) => <TypeCell schema={property} /> },
          { label: 'Always there', cell: ([member]) => (required?.includes(member) === true ? 'yes' : 'no') },
          { label: 'Meaning', cell: ([, property]) => property.description ?? '' },
        ]}
      />
    </section>
  )
}

function Example({ value }: { value: unknown }) {
  return (
    <pre class="example">
      <code>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</code>
    </pre>
  )
}

function Prose({ text }: { text: string }) {
  return (
    <div class="prose">
      {text.split('\n\n').map((paragraph) => (
        <p>
          <Code text={paragraph} />
        </p>
      ))}
    </div>
  )
}

/** A text in which `what stands in backticks` is code. */
function Code({ text }: { text: string }): Child {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>
}
