/** A room: what is found in it, and the rooms of the same program that its files may import. */
export type Room = { has: string; imports: readonly string[] }

/**
 * Every room of the product, and the one list of what may import what, by program. A room imports only rooms that stand
 * above it in its program's list, so there is no circle; a Worker's rooms may import those of `shared/` besides, but
 * none of the other Worker. Nobody imports `test/`.
 */
export const PROGRAMS = {
  shared: {
    root: { has: 'results as values, zod', imports: [] },
    text: { has: 'texts, folding, digests, countries, postal addresses', imports: ['root'] },
    time: { has: 'instants, calendar days of the business, typed days', imports: ['root', 'text'] },
    money: { has: 'minor units, totals, currencies, typed figures', imports: ['root', 'text'] },
    contract: { has: 'what crosses: schemas, links, fingerprints, notices', imports: ['root', 'text', 'money'] },
    db: { has: 'the door to D1: cost, error classes, bounds in bytes, lists, release', imports: ['text'] },
    access: { has: 'who asks and may they: Access, roles, rules, origins', imports: ['root', 'text', 'contract'] },
    edge: {
      has: 'every request and answer: bodies, problems, logs, limits',
      imports: ['root', 'text', 'contract', 'db', 'access'],
    },
    handover: {
      has: 'the pattern as a module: records handed over from one app to another',
      imports: ['root', 'time', 'db', 'edge'],
    },
    records: { has: 'the audit’s entries', imports: ['root', 'text', 'db', 'edge'] },
    files: { has: 'CSV, XLSX, NDJSON', imports: ['root', 'text', 'money', 'edge'] },
    ui: {
      has: 'the parts of pages and documents',
      imports: ['text', 'time', 'money', 'contract', 'access', 'edge', 'files'],
    },
    openapi: {
      has: 'the document of an API and its page',
      imports: ['root', 'contract', 'access', 'edge', 'records', 'ui'],
    },
    project: { has: 'the project’s own files: configurations, migrations', imports: [] },
    simulator: { has: 'the faulty world of scenarios, tests and rehearsals', imports: ['contract', 'db', 'project'] },
    commands: {
      has: 'every npm run command',
      imports: ['text', 'contract', 'db', 'access', 'edge', 'handover', 'files', 'project', 'simulator'],
    },
  },
  'workers/ordering': {
    root: { has: 'tables, migrations', imports: [] },
    edge: { has: 'request context, rights, the frame of pages, /health', imports: ['root'] },
    records: { has: 'the audit, erased customers', imports: ['root', 'edge'] },
    orders: { has: 'an order’s rules and rows, idempotency keys', imports: ['root', 'edge', 'records'] },
    feed: {
      has: 'numbering, the change feed, fingerprints, republish, OrderService',
      imports: ['root', 'edge', 'records', 'orders'],
    },
    list: { has: 'the list of orders, its filter and files', imports: ['root', 'edge', 'orders'] },
    entry: {
      has: 'place, change, confirm and delete an order; its page and API',
      imports: ['root', 'edge', 'records', 'orders', 'feed', 'list'],
    },
    catalogue: { has: 'customers and products', imports: ['root', 'edge', 'records', 'list'] },
    form: {
      has: 'the order form: steps, typed figures, conflicts',
      imports: ['root', 'edge', 'records', 'orders', 'entry', 'catalogue'],
    },
    import: {
      has: 'files of orders, customers and products',
      imports: ['root', 'edge', 'records', 'orders', 'feed', 'entry', 'catalogue'],
    },
    retention: { has: 'what is purged, and when', imports: ['root', 'orders', 'catalogue'] },
    openapi: { has: 'the API’s document', imports: ['edge', 'catalogue', 'feed'] },
    app: {
      has: 'wiring: mounts the doors',
      imports: [
        'root',
        'edge',
        'records',
        'feed',
        'list',
        'entry',
        'catalogue',
        'form',
        'import',
        'retention',
        'openapi',
      ],
    },
  },
  'workers/billing': {
    root: { has: 'tables, migrations', imports: [] },
    copies: { has: 'what a copy of an order is, and what differs between two', imports: [] },
    client: { has: 'what is asked of ordering beside its feed', imports: [] },
    documents: {
      has: 'rules and rows of invoices and credit notes, four eyes, seller',
      imports: ['root'],
    },
    edge: { has: 'request context, rights, the frame of pages', imports: ['documents'] },
    ledger: {
      has: 'decisions, invoice numbers, the ledger that outlives a restore',
      imports: ['root', 'copies', 'documents', 'edge'],
    },
    records: { has: 'the audit, erasure', imports: ['root', 'client', 'edge', 'ledger'] },
    orders: {
      has: 'how billing reads the feed of orders, the deep link, a copy’s page',
      imports: ['root', 'copies', 'client', 'documents', 'edge', 'ledger', 'records'],
    },
    export: { has: 'a month’s documents as a file', imports: ['root', 'documents', 'edge', 'ledger'] },
    list: {
      has: 'the list of invoices and the approval queue',
      imports: ['copies', 'documents', 'edge', 'ledger', 'export'],
    },
    invoices: {
      has: 'an invoice’s page and API, approve, reject',
      imports: ['root', 'copies', 'documents', 'edge', 'ledger', 'orders', 'list'],
    },
    queue: {
      has: 'many invoices approved at once',
      imports: ['documents', 'edge', 'ledger', 'orders', 'list', 'invoices'],
    },
    credit: {
      has: 'credit notes, reissue',
      imports: ['copies', 'documents', 'edge', 'ledger', 'orders', 'list', 'invoices'],
    },
    trace: {
      has: '“Where is my order?”',
      imports: ['root', 'client', 'documents', 'edge', 'ledger', 'list'],
    },
    sync: {
      has: 'the sync page and API, reset, /health',
      imports: ['root', 'copies', 'edge', 'orders', 'trace'],
    },
    openapi: {
      has: 'the API’s document',
      imports: ['documents', 'edge', 'invoices', 'credit', 'trace', 'sync'],
    },
    app: {
      has: 'wiring: mounts the doors',
      imports: [
        'root',
        'edge',
        'ledger',
        'records',
        'orders',
        'export',
        'list',
        'invoices',
        'queue',
        'credit',
        'trace',
        'sync',
        'openapi',
      ],
    },
  },
} as const satisfies Record<string, Record<string, Room>>

/** These start both Workers, and know what these answer; no other room of `shared/` imports a Worker. */
export const KNOW_WORKERS: readonly string[] = ['simulator', 'commands']

export type Program = keyof typeof PROGRAMS

/** The rooms of a program, from those that all others stand upon to the wiring. */
export function roomsOf(program: Program): [name: string, room: Room][] {
  return Object.entries(PROGRAMS[program])
}
