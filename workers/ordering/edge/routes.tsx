import { Hono } from '../../../shared/edge/hono.ts'
import { MePage } from '../../../shared/ui/me-page.tsx'
import { ProblemPage } from '../../../shared/ui/problem-page.tsx'
import { isProblemName } from '../../../shared/edge/problem.ts'
import type { OrderingEnv } from './ordering-env.ts'
import { frameFor } from './page-context.ts'
import { frameProps } from './frame.tsx'
import { DESCRIBED_RIGHTS } from './rights.ts'

/** Who one is here and what one may do, and what each problem means. */
export const edgePages = new Hono<OrderingEnv>()
  .get('/me', (c) => c.html(<MePage {...frameProps(frameFor(c))} me={c.var.user} rights={DESCRIBED_RIGHTS} />))
  .get('/problems/:name', (c) => {
    const name = c.req.param('name')
    return isProblemName(name) ? c.html(<ProblemPage {...frameProps(frameFor(c))} name={name} />) : c.notFound()
  })
