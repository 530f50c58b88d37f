import { GET as listBackups } from '@/app/api/v1/admin/backups/route'
import { GET as status } from '@/app/api/v1/admin/backups/status/route'
import { GET as insight } from '@/app/api/v1/admin/insight/route'
import { closeContainer, serviceContext } from '@/lib/server/container'
import { createToken } from '@/lib/services/token/create-token'
import { type HistoryCatalog, historySources, makeHistoryCatalog } from './history-catalog'
import type { BenchSettings } from './settings'

/** Times of one kind of request, in ms, and the size of its largest answer. */
export interface HistoryCase {
  name: string
  /** Part of the judged ones: list and overview. */
  judged: boolean
  timesMs: number[]
  bytes: number
}

export interface HistoryResults {
  rows: number
  sources: number
  catalogBytes: number
  seedMs: number
  cases: HistoryCase[]
}

type Route = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>
interface Ask {
  name: string
  judged: boolean
  route: Route
  /** The query string of the n-th request. */
  query(index: number): string
}

const warmUps = 15
const requests = 200

/**
 * The lists and the overview of a large instance, as its web process answers them: the routes' own handlers, from the
 * request with its token to the last byte of the answer. Only the socket is left out.
 */
export async function measureHistory(settings: BenchSettings, home: string): Promise<HistoryResults> {
  const catalog = await makeHistoryCatalog(settings)
  Object.assign(process.env, { DATABASE_URL: catalog.url, HOLDFAST_HOME: home, NEXTAUTH_SECRET: 'bench' })
  try {
    const ctx = await serviceContext({ type: 'cli', user: 'bench', role: 'admin' })
    const { token } = await createToken({ ctx, input: { name: 'bench', role: 'viewer', expiresInDays: 1 } })
    const cases: HistoryCase[] = []
    for (const ask of await asks(catalog, settings.historyRows)) cases.push(await measure(ask, token))
    const [size] = await catalog.query<{ bytes: number }>(
      'SELECT pg_database_size(current_database())::float8 AS bytes',
    )
    const { seedMs } = catalog
    return { rows: settings.historyRows, sources: historySources, catalogBytes: size?.bytes ?? 0, seedMs, cases }
  } finally {
    await closeContainer()
    await catalog.drop()
  }
}

async function measure(ask: Ask, token: string): Promise<HistoryCase> {
  const timesMs: number[] = []
  let bytes = 0
  for (let index = -warmUps; index < requests; index += 1) {
    const request = new Request(`http://holdfast.bench${ask.query(index + warmUps)}`, {
      headers: { host: 'holdfast.bench', authorization: `Bearer ${token}` },
    })
    const begun = performance.now()
    const response = await ask.route(request, { params: Promise.resolve({}) })
    const body = await response.text()
    if (index >= 0) timesMs.push(performance.now() - begun)
    if (response.status !== 200) throw new Error(`${ask.name}: ${response.status} ${body}`)
    bytes = Math.max(bytes, Buffer.byteLength(body))
  }
  return { name: ask.name, judged: ask.judged, timesMs, bytes }
}

async function asks(catalog: HistoryCatalog, rows: number): Promise<Ask[]> {
  const sources = (await catalog.query<{ id: string }>('SELECT id FROM source ORDER BY name')).map(({ id }) => id)
  const [store] = await catalog.query<{ id: string }>(`SELECT id FROM destination WHERE name = 'store 2'`)
  // Places all over the history, most of them far from its beginning.
  const cursors = (
    await catalog.query<{ id: string }>(
      `SELECT id FROM (SELECT id, row_number() OVER (ORDER BY started_at DESC, id DESC) AS n FROM backup_history
        WHERE deleted_at IS NULL) AS live WHERE n % ${Math.max(1, Math.floor(rows / 80))} = 0`,
    )
  ).map(({ id }) => id)
  const of = (list: string[], index: number) => list[(index * 37) % list.length] ?? ''
  const days = (from: number, to: number) => {
    const at = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString()
    return `from=${at(from)}&to=${at(to)}`
  }
  const list = (name: string, query: (index: number) => string): Ask => ({
    name: `list: ${name}`,
    judged: true,
    route: listBackups,
    query: (index) => `/api/v1/admin/backups?limit=50&${query(index)}`,
  })
  const overview = (name: string, query: string, judged: boolean): Ask => ({
    name,
    judged,
    route: status,
    query: () => `/api/v1/admin/backups/status${query}`,
  })
  return [
    list('first page', () => ''),
    list('of one source', (index) => `sourceId=${of(sources, index)}`),
    list('one source, failed ones', (index) => `sourceId=${of(sources, index)}&status=failed`),
    list('failed ones', () => 'status=failed'),
    list('broken ones, which are rare', () => 'verified=broken'),
    list('of a kind that there is none of', () => 'kind=base'),
    list('in one destination', () => `destinationId=${store?.id}`),
    list('one week of the past', (index) => days(40 + (index % 90), 33 + (index % 90))),
    list('oldest first', () => 'sort=startedAt'),
    list('deep page', (index) => `cursor=${of(cursors, index)}`),
    list('deep page, oldest first', (index) => `sort=startedAt&cursor=${of(cursors, index)}`),
    list('deep page of failed ones', (index) => `status=failed&cursor=${of(cursors, index)}`),
    overview('overview, as the screen asks for it every few seconds', '?limit=50&trend=0', true),
    overview('its days, as the screen asks for them every minute', '?limit=1', true),
    overview('overview, all 1,000 sources at once', '', false),
    { name: 'insight', judged: false, route: insight, query: () => '/api/v1/admin/insight?limit=20' },
  ]
}
