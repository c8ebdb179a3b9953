import { afterAll } from 'vitest'
import { closeTogether } from './together.ts'

afterAll(closeTogether)
