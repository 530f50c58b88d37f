import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { GET } from '@/app/metrics/route'
import { createTokenSchema } from '@/lib/contracts/people/people'
import { closeContainer } from '@/lib/server/container'
import { startBackup } from '@/lib/services/backup/start-backup'
import { createToken } from '@/lib/services/token/create-token'
import { freePort } from '../helpers/servers/ports'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { prometheusBin, startPrometheus, type Prometheus } from '../helpers/servers/prometheus'
import { waitFor } from '../helpers/wait-for'

const deploy = path.resolve(import.meta.dirname, '../../deploy')
const run = promisify(execFile)

describe('the shipped rules', () => {
  it('are accepted by promtool, and do what their own tests say', { timeout: 120_000 }, async () => {
    const promtool = path.join(await prometheusBin(), 'promtool')
    const cwd = path.join(deploy, 'prometheus')
    expect((await run(promtool, ['check', 'rules', 'alerts.yml'], { cwd })).stdout).toMatch(/SUCCESS: \d+ rules found/)
    expect((await run(promtool, ['test', 'rules', 'alerts.test.yml'], { cwd })).stdout).toContain('SUCCESS')
  })

  it('have a test each', async () => {
    const names = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map((match) => match[1]))
    const rules = names(await readFile(path.join(deploy, 'prometheus/alerts.yml'), 'utf8'), /- alert: (\w+)/g)
    const tested = names(await readFile(path.join(deploy, 'prometheus/alerts.test.yml'), 'utf8'), /alertname: (\w+)/g)
    expect(rules.size).toBeGreaterThan(10)
    expect([...rules].filter((name) => !tested.has(name))).toEqual([])
  })
})

const targetSchema = z.object({ expr: z.string(), refId: z.string(), datasource: z.object({ uid: z.string() }) })
const dashboardSchema = z.object({
  uid: z.string().min(1).max(40),
  title: z.string().min(1),
  schemaVersion: z.number().int().min(36),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), query: z.unknown() })),
  }),
  panels: z
    .array(
      z.object({
        id: z.number().int(),
        title: z.string().min(1),
        type: z.enum(['stat', 'table', 'timeseries']),
        datasource: z.object({ type: z.literal('prometheus'), uid: z.string() }),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(targetSchema).min(1),
      }),
    )
    .min(1),
})

describe('a real Prometheus', () => {
  let product: Product
  let pg: TestPostgres
  let web: Server
  let prometheus: Prometheus
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    Object.assign(process.env, { DATABASE_URL: product.url, HOLDFAST_HOME: product.home })
    const { token } = await createToken({
      ctx: product.ctx,
      input: createTokenSchema.parse({ name: 'prometheus', role: 'viewer', scopes: ['metrics:read'] }),
    })
    // The route as Next serves it, on a socket: authentication, catalog and text are the real ones.
    web = createServer((request, response) => {
      const headers = new Headers({ authorization: request.headers.authorization ?? '' })
      const asked = new Request(`http://127.0.0.1${request.url ?? ''}`, { headers })
      void GET(asked, { params: Promise.resolve({}) }).then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
      })
    })
    const port = await freePort()
    web.listen(port, '127.0.0.1')
    await once(web, 'listening')
    sourceId = await product.addSource(pg.source(), {
      maxAttempts: 1,
      rpoObjectiveMs: 3_600_000,
      rtoObjectiveMs: 3_600_000,
    })
    await product.addLocalDestination('folder')
    await product.startWorker()
    expect(await back()).toMatchObject({ state: 'succeeded' })
    prometheus = await startPrometheus({ target: `127.0.0.1:${port}`, token })
  })
  afterAll(async () => {
    await prometheus?.stop()
    web?.closeAllConnections()
    web?.close()
    await product?.close()
    await closeContainer()
    await pg?.close()
  })

  const back = async () => product.finished((await startBackup({ ctx: product.ctx, input: { sourceId } })).jobId)
  const firing = async () =>
    (await prometheus.alerts()).filter((alert) => alert.state === 'firing').map((alert) => alert.labels['alertname'])

  it('scrapes with a token of the scope metrics:read, and finds what is in the catalog', async () => {
    await waitFor('a good scrape', async () => (await prometheus.target()) === 'up')
    const [age] = await waitFor('the age', async () => {
      const samples = await prometheus.query('holdfast_backup_age_seconds')
      return samples.length > 0 && samples
    })
    expect(age?.metric).toMatchObject({ source: 'source 1', source_id: sourceId, job: 'holdfast' })
    const [succeeded] = await prometheus.query('holdfast_backups_total{state="succeeded"}')
    expect(succeeded?.value[1]).toBe('1')
    expect(await firing()).toEqual([])
  })

  it('fires after a real backup failed, and stops after one succeeded', async () => {
    await pg.stop()
    expect(await back()).toMatchObject({ state: 'failed' })
    await waitFor('the rule to fire', async () => (await firing()).includes('HoldfastBackupFailing'))
    const [failed] = await waitFor('the count', async () => {
      const samples = await prometheus.query('holdfast_backups_total{state="failed"} == 1')
      return samples.length > 0 && samples
    })
    expect(failed?.metric['source']).toBe('source 1')
    await pg.start()
    expect(await back()).toMatchObject({ state: 'succeeded' })
    await waitFor('the rule to be quiet', async () => !(await firing()).includes('HoldfastBackupFailing'))
  })

  it('understands every query of the shipped dashboard, which has what Grafana needs to load it', async () => {
    const text = await readFile(path.join(deploy, 'grafana/holdfast.json'), 'utf8')
    const dashboard = dashboardSchema.parse(JSON.parse(text))
    const variables = new Map(dashboard.templating.list.map((variable) => [variable.name, variable]))
    expect(variables.get('datasource')).toMatchObject({ type: 'datasource', query: 'prometheus' })
    expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length)
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)

    const expressions: string[] = []
    for (const panel of dashboard.panels) {
      expect(panel.datasource.uid).toBe('${datasource}')
      for (const { expr, datasource } of panel.targets) {
        expect(datasource.uid).toBe('${datasource}')
        const named = [...expr.matchAll(/\$(\w+)/g)].map((match) => match[1] ?? '')
        for (const name of named) expect(variables.has(name)).toBe(true)
        expressions.push(expr.replaceAll(/\$(\w+)/g, '.*'))
      }
    }
    for (const expression of expressions) await prometheus.query(expression)
    // No restore was tested here, no log is followed, nothing is alerted, and every copy is well.
    const filled = expressions.filter((text) => !/restore_|log_|alerts_open|capacity|state!="stored"/.test(text))
    for (const expression of filled) {
      await waitFor(`a value of ${expression}`, async () => (await prometheus.query(expression)).length > 0)
    }
  })
})
