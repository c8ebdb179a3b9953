import { inSimulation } from '../../../../shared/simulator/workers/simulation.ts'
import { underTest } from '../../../../shared/simulator/workers/under-test.ts'
import app from '../care/index.ts'
import type { CareEnv } from '../care/schema.ts'

const nothing = (): Promise<void> => Promise.resolve()

export default inSimulation<CareEnv>(underTest<CareEnv>(app, { forget: nothing }), nothing)
