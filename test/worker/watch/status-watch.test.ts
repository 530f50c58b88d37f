import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Status } from '@/lib/contracts/status'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getStatus } from '@/lib/services/status/get-status'
import { dashboardText } from '@/worker/cli/status-text'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { waitFor } from '../../helpers/wait-for'
import { buildCli } from '../../helpers/build-cli'

const root = path.resolve(import.meta.dirname, '../../..')
const cli = path.join(root, 'dist', `test-cli-watch-${process.pid}.mjs`)

describe('status --watch', () => {
  let product: Product
  let pg: TestPostgres
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await buildCli(cli)
    await pg.sql(
      "CREATE TABLE wide AS SELECT encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 60000) AS id",
    )
    sourceId = await product.addSource(pg.source(), { compression: 'none', rateLimitBytesPerSecond: 1_000_000 })
    await product.addLocalDestination()
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await pg.close()
    await rm(cli, { force: true })
  })

  const watch = (args: string[] = []) => {
    const child = spawn(process.execPath, [cli, 'status', '--watch', ...args], {
      env: {
        NODE_ENV: 'production',
        PATH: process.env['PATH'],
        DATABASE_URL: product.url,
        HOLDFAST_HOME: product.home,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, out: () => out, exited }
  }

  it('draws anew what runs with its progress and what became of it, plainly into a pipe, until Ctrl-C', async () => {
    const watching = watch()
    await waitFor('the first picture', () => watching.out().includes('has no backup yet.'))
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId } })
    await waitFor('progress', () => /^backup +source 1 .*(KiB|MiB).*\/s/m.test(watching.out()))
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    const length = watching.out().length
    await waitFor('a picture after it', () =>
      /^source 1 +degraded +Nothing proven; 1 backup not tested /m.test(watching.out().slice(length)),
    )
    // The terminal sends it; exit code 0: it did what was asked.
    watching.child.kill('SIGINT')
    expect(await watching.exited).toBe(0)
    expect(watching.out()).not.toContain('\u001b')
    expect(watching.out().match(/^Holdfast at /gm)?.length).toBeGreaterThan(2)
  })

  it('writes one line of JSON for each look, for programs', async () => {
    const watching = watch(['--json'])
    await waitFor('two lines', () => watching.out().split('\n').filter(Boolean).length >= 2)
    watching.child.kill('SIGTERM')
    expect(await watching.exited).toBe(0)
    const lines = watching.out().split('\n').filter(Boolean)
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('health')
  })

  it('keeps to the height of the terminal whatever the number of sources', async () => {
    const state: Status = await getStatus({ ctx: product.ctx })
    const [one] = state.sources
    if (!one) throw new Error('there is no source')
    const reasons = Array.from({ length: 50 }, (_, at) => ({
      code: 'x',
      level: 'degraded' as const,
      message: `reason ${at}`,
    }))
    const catalog = {
      sourceId,
      health: 'degraded' as const,
      words: 'The catalog: Nothing proven; 1 backup not tested.',
    }
    const many = { ...state, catalog, sources: Array.from({ length: 300 }, () => one), reasons }
    for (const rows of [24, 40, 60]) expect(dashboardText(many, rows).split('\n').length).toBeLessThanOrEqual(rows)
    expect(dashboardText(many, 24)).toMatch(/and \d+ more\n[\s\S]*reason 0[\s\S]*more reasons[\s\S]*Nothing runs/)
  })
})
