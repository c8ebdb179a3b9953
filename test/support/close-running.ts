import { afterAll } from 'vitest'
// Not together.ts itself: it brings wrangler, which takes a second to load, and most test files start nothing.
import { closeAll } from './closing.ts'

afterAll(closeAll)
