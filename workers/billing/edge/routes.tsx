import { Hono } from '../../../shared/edge/hono.ts'
import { isProblemName } from '../../../shared/edge/problem.ts'
import { MePage } from '../../../shared/ui/me-page.tsx'
import { ProblemPage } from '../../../shared/ui/problem-page.tsx'
import type { BillingEnv } from './billing-env.ts'
import { frameProps } from './frame.tsx'
import { frameOf } from './page-context.ts'
import { DESCRIBED_RIGHTS } from './rights.ts'

/** Who one is here and what one may do, and what each problem means. */
export const edgePages = new Hono<BillingEnv>()
  .get('/me', (c) => c.html(<MePage {...frameProps(frameOf(c))} me={c.var.user} rights={DESCRIBED_RIGHTS} />))
  .get('/problems/:name', (c) => {
    const name = c.req.param('name')
    return isProblemName(name) ? c.html(<ProblemPage {...frameProps(frameOf(c))} name={name} />) : c.notFound()
  })
