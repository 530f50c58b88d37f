import { execFile, spawn } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { freePort } from './ports'
import { tempDir } from '../temp'
import { waitFor } from '../wait-for'

const root = path.resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** The folder with prometheus and promtool, fetched into the tests' cache when they are not there. Rejects without them. */
export async function prometheusBin(): Promise<string> {
  const cache = process.env['HOLDFAST_TEST_CACHE'] || path.join(homedir(), '.cache/holdfast-test')
  const script = path.join(root, 'scripts/servers/prometheus.sh')
  const { stdout } = await run('bash', [script, 'install', path.join(cache, 'prometheus')])
  const bin = /PROMETHEUS_BIN=(\S+)/.exec(stdout)?.[1]
  if (!bin) throw new Error(`prometheus.sh named no folder: ${stdout}`)
  return bin
}

const sampleSchema = z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })
export type Sample = z.infer<typeof sampleSchema>
const alertSchema = z.object({ labels: z.record(z.string(), z.string()), state: z.string() })

export interface Prometheus {
  /** An instant query; rejects with what Prometheus says is wrong with it. */
  query(expression: string): Promise<Sample[]>
  /** Alerts that are pending or firing. */
  alerts(): Promise<z.infer<typeof alertSchema>[]>
  /** The health of the only target, as Prometheus sees it. */
  target(): Promise<string>
  stop(): Promise<void>
}

/** A real Prometheus with the configuration and the rules that are shipped, scraping `target` every three seconds. */
export async function startPrometheus(options: { target: string; token: string }): Promise<Prometheus> {
  const bin = await prometheusBin()
  const folder = await tempDir('prometheus')
  const shipped = await readFile(path.join(root, 'deploy/prometheus/scrape.yml'), 'utf8')
  // A scrape may take as long as the interval: much less of it fails on a machine that is busy with other tests.
  const config = shipped
    .replace('scrape_interval: 60s', 'scrape_interval: 3s')
    .replace('evaluation_interval: 60s', 'evaluation_interval: 1s')
    .replace('127.0.0.1:3000', options.target)
  if (!config.includes(options.target)) throw new Error('the shipped scrape.yml has another target')
  await writeFile(path.join(folder.path, 'prometheus.yml'), config)
  await writeFile(path.join(folder.path, 'holdfast-token'), options.token, { mode: 0o600 })
  await copyFile(path.join(root, 'deploy/prometheus/alerts.yml'), path.join(folder.path, 'alerts.yml'))
  await run(path.join(bin, 'promtool'), ['check', 'config', path.join(folder.path, 'prometheus.yml')])

  const port = await freePort()
  const args = [
    `--config.file=${path.join(folder.path, 'prometheus.yml')}`,
    `--storage.tsdb.path=${path.join(folder.path, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const server = spawn(path.join(bin, 'prometheus'), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  server.stderr.on('data', (chunk) => (log = (log + String(chunk)).slice(-8_000)))
  const exited = new Promise((resolve) => server.once('exit', resolve))
  const stop = async () => {
    server.kill('SIGTERM')
    await exited
    await folder.remove()
  }
  const ask = async <S extends z.ZodType>(address: string, schema: S): Promise<z.infer<S>> => {
    const response = await fetch(`http://127.0.0.1:${port}${address}`)
    const answer = await response.json()
    if (!response.ok) throw new Error(`Prometheus answered ${response.status}: ${JSON.stringify(answer)}`)
    return schema.parse(z.object({ data: z.unknown() }).parse(answer).data)
  }
  try {
    await waitFor('Prometheus to be ready', async () => {
      if (server.exitCode !== null) throw new Error(`Prometheus ended:\n${log}`)
      return fetch(`http://127.0.0.1:${port}/-/ready`).then(
        (response) => response.ok,
        () => false,
      )
    })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    query: async (expression) => {
      const schema = z.object({ result: z.array(sampleSchema) })
      return (await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`, schema)).result
    },
    alerts: async () => (await ask('/api/v1/alerts', z.object({ alerts: z.array(alertSchema) }))).alerts,
    async target() {
      const schema = z.object({ activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })) })
      const [target] = (await ask('/api/v1/targets', schema)).activeTargets
      return target?.lastError || target?.health || 'none'
    },
    stop,
  }
}
