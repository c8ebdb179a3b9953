import { describe, expect, it } from 'vitest'
import { judgePair, judgeTarget } from '../../shared/commands/deploy/checks.ts'
import { judgeMigration } from '../../shared/commands/deploy/migrations.ts'
import {
  checkAccount,
  deployAll,
  type Deployer,
  findRunningVersions,
  tellTheWayBack,
} from '../../shared/commands/deploy/steps.ts'
import { type DeployTarget, ENVIRONMENTS, readTarget } from '../../shared/commands/deploy/target.ts'
import { schemaAfter, SELECT_SCHEMA } from '../../shared/commands/support/schema.ts'
import type { WranglerRun } from '../../shared/commands/support/wrangler.ts'
import { readMigrationFiles } from '../../shared/project/project.ts'

const NAMED = { teamDomain: 'team.cloudflareaccess.com', audience: 'an audience tag' }
const ACCESS = { ordering: NAMED, billing: { ...NAMED, audience: 'another audience tag' } }

async function readBoth(): Promise<[DeployTarget, DeployTarget]> {
  return [await readTarget('ordering', 'staging'), await readTarget('billing', 'staging')]
}

/** What wrangler prints, and a warning beside it. */
function prints(printed: string): Promise<WranglerRun> {
  return Promise.resolve({ succeeded: true, printed, output: `${printed}▲ [WARNING] Something is out of date` })
}

/** A world in which wrangler does what it is told, and the apps answer as they should; `done` is what happened in it. */
function aWorld(parts: { fails?: string; healthOf?: (url: string) => number; stranger?: number; lacks?: string } = {}) {
  const done: string[] = []
  const deployer: Deployer = {
    wrangler: (args) => {
      const command = args.join(' ')
      done.push(command)
      if (parts.fails !== undefined && command.startsWith(parts.fails)) {
        return Promise.resolve({ succeeded: false, printed: '', output: 'no' })
      }
      if (command.startsWith('d1 list')) {
        return prints('[{"name":"ordering-staging"},{"name":"billing-staging"}]')
      }
      if (command.startsWith('deployments')) {
        const version = `version-of-${args.at(-1)}`
        return prints(`a note\n{"versions":[{"version_id":"${version}"}]}`)
      }
      if (command.startsWith('d1 execute')) {
        const app = command.includes('wrangler.ordering.toml') ? 'ordering' : 'billing'
        return prints(describeSchema(app, parts.lacks))
      }
      return prints('')
    },
    fetch: (url) => {
      done.push(`GET ${url}`)
      const status = url.endsWith('/health') ? (parts.healthOf?.(url) ?? 200) : (parts.stranger ?? 302)
      return Promise.resolve({ status, text: () => Promise.resolve('{"status":"ok"}') })
    },
    say: () => undefined,
    pauseMs: 0,
  }
  return { deployer, done }
}

/** What wrangler prints of a migrated database that lacks what bears this name. */
function describeSchema(app: 'ordering' | 'billing', lacks?: string): string {
  const results = [...schemaAfter(readMigrationFiles(app))]
    .filter(([name]) => name !== lacks)
    .map(([name, sql]) => ({ name, sql }))
  return `a warning\n${JSON.stringify([{ results, success: true }])}`
}

describe('the configuration of a deployment', () => {
  it.each(ENVIRONMENTS)(
    '%s has every var of the local configuration, both apps meet, and nothing is wrong',
    async (name) => {
      const [ordering, billing] = [await readTarget('ordering', name), await readTarget('billing', name)]
      const findings = [ordering, billing].flatMap((target) => judgeTarget(target, NAMED))
      expect(findings.filter(({ verdict }) => verdict === 'wrong')).toEqual([])
      const pair = judgePair(ordering, billing, ACCESS)
      expect(pair.filter(({ verdict }) => verdict !== 'fine')).toEqual([])
    },
  )

  it('is open while examples stand in it or the Access application is not named', async () => {
    const [ordering] = await readBoth()
    const findings = judgeTarget(ordering, { teamDomain: '', audience: '' })
    expect(findings.filter(({ verdict }) => verdict === 'unset').map(({ what }) => what)).toEqual([
      'wrangler.ordering.toml, env.staging has still its example in routes.',
      'wrangler.ordering.toml, env.staging has still its example in ORIGIN.',
      'wrangler.ordering.toml, env.staging has still its example in BILLING_ORIGIN.',
      'wrangler.ordering.toml, env.staging has still its example in ROLES.',
      'ACCESS_TEAM_DOMAIN and ORDERING_ACCESS_AUD are not in the environment: nobody could sign in.',
    ])
  })

  it('is wrong where a var is missing, unknown, or leads to another place than the other app', async () => {
    const [ordering, billing] = await readBoth()
    const { LOG_LEVEL: _, ...vars } = ordering.vars
    const spoiled = { ...ordering, vars: { ...vars, LOGLEVEL: 'info', BILLING_ORIGIN: 'https://billing.example.org' } }
    const findings = [...judgeTarget(spoiled, NAMED), ...judgePair(spoiled, billing, ACCESS)]
    expect(findings.filter(({ verdict }) => verdict === 'wrong').map(({ what }) => what)).toEqual([
      'wrangler.ordering.toml, env.staging lacks the var LOG_LEVEL.',
      'wrangler.ordering.toml, env.staging has the var LOGLEVEL, which the app does not know.',
      'wrangler.ordering.toml, env.staging: BILLING_ORIGIN is https://billing.example.org, and that app is at ' +
        'https://billing.staging.example.com.',
    ])
  })
})

describe('a deployment is refused', () => {
  it.each<[string, Partial<DeployTarget>, RegExp]>([
    [
      'that gives everyone a role which acts',
      { vars: { ROLES: { everyone: ['clerk', 'operator'] } } },
      /everyone the role operator:/,
    ],
    ['whose roles cannot be read', { vars: { ROLES: '{"group:x": ["clerk"]}' } }, /ROLES that cannot be read/],
    ['that answers at workers.dev', { workersDev: undefined }, /workers_dev = false/],
    ['whose versions have addresses', { previewUrls: true }, /preview_urls = false/],
    ['that logs customers’ data', { vars: { LOG_LEVEL: 'trace' } }, /LOG_LEVEL trace/],
    ['whose level is none', { vars: { LOG_LEVEL: 'verbose' } }, /LOG_LEVEL "verbose"/],
    ['whose zone is none', { vars: { TIME_ZONE: 'Berlin' } }, /TIME_ZONE Berlin/],
    ['with the name of the local Worker', { worker: 'ordering' }, /name of the local Worker/],
    ['with the name of the local database', { database: 'ordering' }, /name of the local database/],
  ])('%s', async (_what, { vars = {}, ...rest }, expected) => {
    const [ordering] = await readBoth()
    const findings = judgeTarget({ ...ordering, ...rest, vars: { ...ordering.vars, ...vars } }, NAMED)
    const wrong = findings.filter(({ verdict }) => verdict === 'wrong')
    expect(wrong.map(({ what }) => what)).toEqual([expect.stringMatching(expected)])
  })

  it('whose four eyes cannot be read, and not one that names a limit for all other currencies', async () => {
    const [, billing] = await readBoth()
    const judge = (FOUR_EYES: unknown) =>
      judgeTarget({ ...billing, vars: { ...billing.vars, FOUR_EYES } }, NAMED).filter(
        ({ verdict }) => verdict === 'wrong',
      )
    expect(judge({ EUR: 100_000, others: 0 })).toEqual([])
    expect(judge('{"EUR": 100000}')).toEqual([])
    for (const odd of [{ EURO: 1 }, { EUR: '1000' }, { EUR: 10.5 }, '{']) {
      expect(judge(odd)).toMatchObject([{ what: expect.stringMatching(/has FOUR_EYES that cannot be read/) as string }])
    }
  })

  it('in which the apps tell days in two time zones', async () => {
    const [ordering, billing] = await readBoth()
    const elsewhere = { ...ordering, vars: { ...ordering.vars, TIME_ZONE: 'UTC' } }
    const findings = judgePair(elsewhere, billing, ACCESS).filter(({ verdict }) => verdict === 'wrong')
    expect(findings.map(({ what }) => what)).toEqual([
      'TIME_ZONE is UTC in ordering and Europe/Berlin in billing; one zone tells days.',
    ])
  })

  it('whose team domain is an address, and one that gives both apps one audience', async () => {
    const [ordering, billing] = await readBoth()
    const asUrl = judgeTarget(ordering, { ...NAMED, teamDomain: 'https://team.cloudflareaccess.com' })
    expect(asUrl.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(1)
    const shared = judgePair(ordering, billing, { ordering: NAMED, billing: NAMED })
    expect(shared.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(1)
  })
})

describe('a migration may go before the release that needs it', () => {
  it.each([
    ['ALTER TABLE orders ADD COLUMN colour TEXT;', []],
    ["ALTER TABLE orders ADD COLUMN colour TEXT NOT NULL DEFAULT '';", []],
    [
      "CREATE TABLE notes (nr INTEGER PRIMARY KEY); -- DROP TABLE orders\nINSERT INTO notes VALUES ('DROP TABLE x');",
      [],
    ],
    ['DROP TRIGGER kept;\nCREATE TRIGGER kept BEFORE DELETE ON orders\nBEGIN\n  SELECT 1;\nEND;', []],
    ['DROP TABLE orders;', ['0009.sql drops a table that the release before may still use.']],
    ['ALTER TABLE orders DROP COLUMN note;', ['0009.sql drops a column that the release before may still use.']],
    [
      'ALTER TABLE orders RENAME COLUMN note TO text;',
      ['0009.sql renames what the release before knows by its old name.'],
    ],
    [
      'ALTER TABLE orders ADD COLUMN colour TEXT NOT NULL;',
      ['0009.sql adds a column that must have a value, and the release before writes none.'],
    ],
    ['DROP TRIGGER kept;', ['0009.sql drops the trigger kept and does not make it again.']],
    ['SELECT 1;\r\n', ['0009.sql has lines that end in CRLF, in which D1 does not find the end of a trigger.']],
  ])('%j: %j', (sql, reasons) => {
    expect(judgeMigration({ name: '0009.sql', sql })).toEqual(reasons)
  })
})

describe('a deployment', () => {
  it('migrates and deploys ordering, waits until it is well, and only then turns to billing', async () => {
    const { deployer, done } = aWorld()
    await deployAll(deployer, (await readBoth()).toReversed(), ACCESS)
    const varsOf = ({ teamDomain, audience }: typeof NAMED) =>
      `--var ACCESS_TEAM_DOMAIN:${teamDomain} --var ACCESS_AUD:${audience}`
    expect(done).toEqual(
      (['ordering', 'billing'] as const).flatMap((app) => [
        `d1 migrations apply DB --remote --config wrangler.${app}.toml --env staging`,
        `d1 execute DB --remote --json --command ${SELECT_SCHEMA} --config wrangler.${app}.toml --env staging`,
        `deploy --config wrangler.${app}.toml --env staging ${varsOf(ACCESS[app])}`,
        `GET https://${app}.staging.example.com/health`,
        `GET https://${app}.staging.example.com/`,
      ]),
    )
  })

  it('stops before the code where a migration fails, and before billing where ordering is not well', async () => {
    const refused = aWorld({ fails: 'd1 migrations' })
    await expect(deployAll(refused.deployer, await readBoth(), ACCESS)).rejects.toThrow('was not migrated')
    expect(refused.done).toHaveLength(1)
    const unwell = aWorld({ healthOf: () => 503 })
    await expect(deployAll(unwell.deployer, await readBoth(), ACCESS)).rejects.toThrow(
      'ordering-staging was deployed, but',
    )
    expect(unwell.done.some((step) => step.includes('wrangler.billing.toml'))).toBe(false)
  })

  it('stops before the code where the database lacks a trigger that the migrations make, and names it', async () => {
    const damaged = aWorld({ lacks: 'orders_are_revised' })
    await expect(deployAll(damaged.deployer, await readBoth(), ACCESS)).rejects.toThrow(
      'The database of ordering-staging is not as its migrations make it:\n  The trigger orders_are_revised is missing\n',
    )
    expect(damaged.done.some((step) => step.startsWith('deploy'))).toBe(false)
  })

  it('fails when a page is answered to a stranger', async () => {
    const { deployer } = aWorld({ stranger: 200 })
    await expect(deployAll(deployer, await readBoth(), ACCESS)).rejects.toThrow('answers a stranger 200')
  })

  it('does not begin while nobody is signed in, or a database is not there', async () => {
    const nobody = aWorld({ fails: 'whoami' })
    await expect(checkAccount(nobody.deployer, await readBoth())).rejects.toThrow('Nobody is signed in at Cloudflare')
    const [ordering, billing] = await readBoth()
    const elsewhere = [ordering, { ...billing, database: 'billing-production' }]
    await expect(checkAccount(aWorld().deployer, elsewhere)).rejects.toThrow(
      'npx wrangler d1 create billing-production',
    )
  })

  it('tells the way back to the versions that ran before, billing first', async () => {
    const targets = await readBoth()
    const before = await findRunningVersions(aWorld().deployer, targets)
    expect(tellTheWayBack(targets, before)).toEqual([
      'npx wrangler rollback version-of-billing-staging --name billing-staging',
      'npx wrangler rollback version-of-ordering-staging --name ordering-staging',
    ])
  })
})
