import { expect, it } from 'vitest'
import type { RestoreGrant } from '@/lib/contracts/people/restore-grant'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import type { Source } from '@/lib/contracts/source'
import { restoreTargets } from '@/lib/client/restore-targets'

const ids = [1, 2, 3, 4].map((n) => `0193b3a2-6c1e-7c3a-9b1f-00000000000${n}`)
const [own = '', allowed = '', other = '', catalog = ''] = ids

const source = (id: string, isCatalog = false): Source => ({
  id,
  name: id,
  engine: 'postgres',
  connection: { host: 'db', port: 5432, database: 'shop', user: 'app', ssl: 'prefer', hasPassword: true },
  options: postgresOptionsSchema.parse({}),
  tags: [],
  sample: false,
  catalog: isCatalog,
  protection: { dumps: true, continuous: false, log: 'stream', sliceMs: 60_000 },
  retentionPause: null,
  inspection: null,
  inspectedAt: null,
  createdAt: '2026-11-28T00:00:00.000Z',
  updatedAt: '2026-11-28T00:00:00.000Z',
})
const grant = (targetId: string): RestoreGrant => ({
  id: targetId,
  sourceId: own,
  targetId,
  targetName: targetId,
  grantedBy: 'someone',
  grantedAt: '2026-11-28T00:00:00.000Z',
})
const all = [source(other), source(catalog, true), source(allowed), source(own)]
const offered = (sourceId: string, grants: string[]) =>
  restoreTargets({ sourceId }, all, grants.map(grant)).map((each) => each.id)

it.each([
  ['its own server first, then what was allowed', own, [allowed], [own, allowed]],
  ['its own server alone when nothing was allowed', own, [], [own]],
  ['never the catalog, allowed or not', own, [catalog], [own]],
  ['for the catalog itself, only what was allowed', catalog, [allowed], [allowed]],
  ['nothing for the catalog when nothing was allowed', catalog, [], []],
])('a restore is offered %s (security 22)', (_, sourceId, grants, expected) => {
  expect(offered(sourceId, grants)).toEqual(expected)
})
