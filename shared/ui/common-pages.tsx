import type { Context } from 'hono'
import type { DescribedRight } from '../access/rules.ts'
import type { EdgeEnv } from '../edge/context.ts'
import { Hono } from '../edge/hono.ts'
import { isProblemName } from '../edge/problem.ts'
import type { FrameProps } from './layout.tsx'
import { MePage } from './me-page.tsx'
import { ProblemPage } from './problem-page.tsx'

/** The pages that each app has: who one is here and what one may do, and what each problem means. */
export function commonPages<E extends EdgeEnv>(
  frameOf: (c: Context<E>) => FrameProps,
  rights: readonly DescribedRight[],
): Hono<E> {
  return new Hono<E>()
    .get('/me', (c) => c.html(<MePage {...frameOf(c)} me={c.var.user} rights={rights} />))
    .get('/problems/:name', (c) => {
      const name = c.req.param('name')
      return isProblemName(name) ? c.html(<ProblemPage {...frameOf(c)} name={name} />) : c.notFound()
    })
}
