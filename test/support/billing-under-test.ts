import app from '../../workers/billing/index.ts'
import { underTest } from './under-test.ts'

export default underTest<Env>(app, () => Promise.resolve())
