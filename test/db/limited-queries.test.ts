import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limitToSources } from '@/lib/db/limit-to-sources'
import type { Db } from '@/lib/db/client'
import { tablesOfSources, viewsOfSources } from '@/lib/db/limited-rights'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { makeRandom, type Random } from '../helpers/random'
import { twoSources } from '../helpers/catalog/two-sources'

// Queries that nobody wrote, put to a limited catalog and to the owner of one from which every row that names the other
// source, or something of it, has been deleted.

let catalog: FreshCatalog
let limited: Db
let rows: Awaited<ReturnType<typeof twoSources>>
beforeAll(async () => {
  catalog = await freshCatalog()
  rows = await twoSources(catalog.db)
  await fillTheRest(catalog.db)
  limited = await limitToSources(catalog.db, [rows.mine.source])
})
afterAll(() => catalog.drop())

/** What `twoSources` leaves out, so that every table has rows of both. */
async function fillTheRest(db: Db) {
  const channel = await db.channel.create({ data: { name: 'hook', kind: 'webhook', config: {} } })
  const pairs = [
    [rows.mine, rows.other],
    [rows.other, rows.mine],
  ] as const
  for (const [one, two] of pairs) {
    const delivery = { alertId: one.alert, channelId: channel.id, phase: 'opened', state: 'sent' }
    await db.alertDelivery.create({ data: delivery })
    const list = { number: 1, sha256: 'x', contentSha256: one.marker, writtenAt: new Date() }
    await db.signedList.create({ data: { destinationId: rows.destination, sourceId: one.source, ...list } })
    for (const target of [one, two]) {
      const grant = { sourceId: one.source, targetId: target.source, grantedBy: one.marker }
      await db.restoreGrant.create({ data: grant })
    }
    // Taken away again when its transaction commits, unless the state of the source is held by another.
    const mark = { sourceId: one.source }
    await db.$executeRaw`ALTER TABLE source_change DISABLE TRIGGER source_change_settle`
    await db.sourceChange.create({ data: mark })
    await db.$executeRaw`ALTER TABLE source_change ENABLE TRIGGER source_change_settle`
  }
}

const relations = [
  ...tablesOfSources,
  ...viewsOfSources,
  'destination',
  'retention_policy',
  'policy',
  'setting',
] as const

describe('queries of a catalog that is limited to one source (security 32)', () => {
  it.each([...tablesOfSources, ...viewsOfSources])('see of %s what is their own', async (name) => {
    const count = async (db: Db) =>
      (await db.$queryRawUnsafe<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${name}`))[0]?.count ?? 0
    expect(await count(limited)).toBeGreaterThan(0)
    expect(await count(catalog.db)).toBeGreaterThan(await count(limited))
  })

  it('answer as they would without the other one, in whatever shape they come', async () => {
    const random = makeRandom(32)
    const queries = Array.from(
      { length: 400 },
      () => `SELECT to_jsonb(q)::text AS row FROM (${makeQuery(random)}) AS q`,
    )
    const seen: unknown[] = []
    for (const sql of queries) seen.push(await answerOf(() => limited.$queryRawUnsafe(sql)))
    const alone = await withoutTheOther(queries)
    queries.forEach((sql, n) => expect({ sql, rows: seen[n] }).toEqual({ sql, rows: alone[n] }))
    // They are queries that see something, and not all errors or nothing.
    const full = seen.filter((answer) => Array.isArray(answer) && answer.length > 0)
    expect(full.length).toBeGreaterThan(250)
    expect(seen.filter((answer) => !Array.isArray(answer))).toEqual([])
    expect(JSON.stringify(seen)).not.toContain(rows.other.marker)
  }, 120_000)
})

/** Rows as text, in no order; the message of an error. */
async function answerOf(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    const found = await ask()
    return Array.isArray(found) ? found.map((row) => JSON.stringify(row)).sort() : found
  } catch (error) {
    return String(error)
  }
}

async function withoutTheOther(queries: string[]): Promise<unknown[]> {
  const owner = new pg.Client({ connectionString: catalog.url })
  await owner.connect()
  try {
    await owner.query('BEGIN')
    const ids = [rows.other.source, rows.other.backup, rows.other.alert].join('|')
    // What hangs on others before them, and twice: triggers count what goes.
    const names = [...tablesOfSources].reverse()
    for (const name of [...names, ...names]) {
      await owner.query(`DELETE FROM ${name} AS t WHERE to_jsonb(t)::text ~ '${ids}'`)
    }
    const answers: unknown[] = []
    for (const sql of queries) {
      await owner.query('SAVEPOINT q')
      answers.push(await answerOf(async () => (await owner.query(sql)).rows))
      await owner.query('ROLLBACK TO q')
    }
    return answers
  } finally {
    await owner.end()
  }
}

/** One query: tables and views joined, nested, named with their schema or not, in WITH, in sets, locked. */
function makeQuery(random: Random): string {
  const one = <T>(of: readonly T[]): T => random.pick(of)
  const table = (of: readonly string[]) => `${one(['', 'public.', '"public".'])}${one(of)}`
  const any = () => table(relations)
  const condition = (alias: string, depth: number): string => {
    const inner = () =>
      `SELECT 1 FROM ${any()} i WHERE to_jsonb(i)::text LIKE '%' || left(to_jsonb(${alias})::text, 9) || '%'`
    return one([
      () => 'true',
      () => `to_jsonb(${alias})::text ~ '${one(['aaaa', 'zzzz', rows.other.source, rows.mine.source, 'shared'])}'`,
      () => `NOT (to_jsonb(${alias})::text ~ 'zzzz')`,
      () => `EXISTS (${inner()})`,
      () => `(SELECT count(*) FROM ${any()}) > ${one([0, 1, 2])}`,
      () => `true OR to_jsonb(${alias})::text ~ '${rows.other.source}'`,
      () => (depth > 0 ? `(${condition(alias, depth - 1)}) OR (${condition(alias, depth - 1)})` : 'true'),
    ])()
  }
  const from = (depth: number): string =>
    one([
      () => `${any()} AS a`,
      () => (depth > 0 ? `(${select(depth - 1)}) AS a` : `${any()} a`),
      () => `${any()} AS a ${one(['LEFT JOIN', 'JOIN', 'RIGHT JOIN'])} ${any()} AS b ON true`,
      () => `${any()} AS a CROSS JOIN LATERAL (SELECT count(*) AS n FROM ${any()} x WHERE ${condition('x', 0)}) AS b`,
      () => `source AS s CROSS JOIN LATERAL source_state_of(s.id) AS a`,
      () =>
        `(VALUES ('${rows.other.source}'::uuid), ('${rows.mine.source}')) AS v (id) CROSS JOIN LATERAL source_state_of(v.id) AS a`,
    ])()
  const select = (depth: number): string =>
    one([
      () => `SELECT to_jsonb(a) AS found FROM ${from(depth)} WHERE ${condition('a', 1)}`,
      () => `SELECT count(*)::int AS found FROM ${from(depth)} WHERE ${condition('a', 1)}`,
      () => `SELECT DISTINCT md5(to_jsonb(a)::text) AS found FROM ${from(depth)}`,
      () => `SELECT (SELECT jsonb_agg(to_jsonb(x) ORDER BY to_jsonb(x)) FROM ${any()} x) AS found FROM ${from(depth)}`,
      () =>
        depth > 0
          ? `SELECT found::text FROM (${select(depth - 1)}) q ${one(['UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT'])} SELECT found::text FROM (${select(depth - 1)}) r`
          : `SELECT 1 AS found FROM ${any()} a`,
    ])()
  return one([
    () => select(2),
    () => select(2),
    () => `WITH a AS (${select(1)}), source AS (SELECT * FROM a) SELECT count(*)::int AS n FROM source, ${any()} b`,
    () =>
      `WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT count(*) FROM ${any()})) SELECT n::int, to_jsonb(a) AS a FROM r, ${any()} a`,
    () => {
      const locked = `SELECT to_jsonb(a) AS found FROM ${table(tablesOfSources)} AS a WHERE ${condition('a', 1)}`
      return `${locked} FOR ${one(['UPDATE', 'SHARE', 'NO KEY UPDATE', 'KEY SHARE'])} OF a`
    },
    () => `TABLE ${table(tablesOfSources)}`,
    () => `SELECT count(*)::int AS n FROM ${any()} GROUP BY GROUPING SETS ((), ())`,
  ])()
}
