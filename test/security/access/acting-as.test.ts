import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRoles, writeConfigurationAs } from '../../../shared/commands/start/acting-as.ts'
import { appsAt } from '../../../shared/commands/support/app.ts'

const [ordering] = appsAt({ ordering: 8787, billing: 8788 })

describe('npm start -- --as', () => {
  it('takes one role or several, and names those there are to who asks for another', () => {
    expect(readRoles('accountant')).toEqual(['accountant'])
    expect(readRoles('clerk, auditor')).toEqual(['clerk', 'auditor'])
    for (const none of ['', 'boss', 'clerk,boss', 'CLERK']) {
      expect(() => readRoles(none)).toThrow(/one or more of clerk/)
    }
  })

  it('runs the same configuration with another identity, which has just these roles', async () => {
    const written = JSON.parse(readFileSync(await writeConfigurationAs(ordering, ['clerk']), 'utf8')) as {
      name: string
      vars: { ROLES: unknown }
      access: unknown
    }
    expect(written.name).toBe('ordering')
    expect(written.vars.ROLES).toEqual({ 'email:clerk@example.com': ['clerk'] })
    expect(written.access).toEqual({ dev: { aud: 'waybill-ordering-local', identity: { email: 'clerk@example.com' } } })
  })
})
