import { env } from 'cloudflare:workers'
import type { ShownProblem } from '../../shared/web.ts'
import { OrderingProblemPage } from './pages/problem.tsx'

/** The page of a problem that no route has answered. */
export function renderProblem(problem: ShownProblem) {
  const frame = { billingOrigin: env.BILLING_ORIGIN, user: problem.user?.email }
  return <OrderingProblemPage frame={frame} problem={problem} />
}
