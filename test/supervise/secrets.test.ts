import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Child } from '@/scripts/supervise/child'
import { openLogFile } from '@/scripts/supervise/log-file'
import type { SuperviseOptions } from '@/scripts/supervise/options'
import { childEnvironment, startWeb, startWorker } from '@/scripts/supervise/programs'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { tempDir } from '../helpers/temp'
import { waitFor } from '../helpers/wait-for'

const root = path.resolve(import.meta.dirname, '../..')
const secrets = {
  HOLDFAST_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  HOLDFAST_API_TOKEN: `hf_${'t'.repeat(40)}`,
  HOLDFAST_ADMIN_PASSWORD: 'a very long password',
  AWS_SECRET_ACCESS_KEY: 'of-the-machine',
}
let dir: Awaited<ReturnType<typeof tempDir>>
let catalog: FreshCatalog
let options: SuperviseOptions
let env: Record<string, string>
let child: Child | null = null

beforeAll(() => {
  const code = "const { bundle } = await import('./scripts/bootstrap/build.mjs'); await bundle(process.cwd())"
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root })
})
beforeEach(async () => {
  dir = await tempDir('secrets')
  catalog = await freshCatalog()
  // A clone in which the web is a program that says what it has; all that stands before it is real.
  const dist = path.join(dir.path, 'dist')
  mkdirSync(dist)
  writeFileSync(path.join(dist, 'web.mjs'), 'console.log(JSON.stringify(process.env)); setInterval(() => {}, 60_000)\n')
  symlinkSync(path.join(root, 'dist/watch-parent.mjs'), path.join(dist, 'watch-parent.mjs'))
  const home = path.join(dir.path, 'home')
  mkdirSync(path.join(home, 'keys'), { recursive: true })
  mkdirSync(path.join(home, 'logs'))
  options = { root: dir.path, home, host: '127.0.0.1', port: 1, dev: false, demo: false, say: () => {}, warn: () => {} }
  Object.assign(process.env, secrets)
  env = childEnvironment(options, `${catalog.url}?application_name=of-the-catalog`, null)
  for (const name of Object.keys(secrets)) delete process.env[name]
})
afterEach(async () => {
  await child?.stop('SIGTERM', 10_000)
  child = null
  await catalog.drop()
  await dir.remove()
})

const proc = (name: string) => readFileSync(`/proc/${child?.pid}/${name}`, 'utf8')
const openLog = () => openLogFile(path.join(options.home, 'logs/x.log'))

function expectNothingToSee(): void {
  const shown = proc('environ')
  expect(shown).toContain('HOLDFAST_HOME=')
  const hidden = [...Object.values(secrets), 'of-the-catalog', env['NEXTAUTH_SECRET'] ?? 'none']
  expect(hidden.filter((secret) => shown.includes(secret) || proc('cmdline').includes(secret))).toEqual([])
  expect(proc('limits')).toMatch(/Max core file size +0 +0 /)
}

describe('what the system shows of a process that was started', () => {
  it('has none of the secrets of the web, which has them, and it dumps no core (security 10, 31)', async () => {
    const log = openLog()
    child = startWeb(options, env, log)
    await expect.poll(() => log.tail().length, { timeout: 30_000 }).toBeGreaterThan(0)
    expectNothingToSee()
    expect(JSON.parse(log.tail().join(''))).toMatchObject({
      ...secrets,
      DATABASE_URL: env['DATABASE_URL'],
      NEXTAUTH_SECRET: env['NEXTAUTH_SECRET'],
    })
    expect(log.tail().join('')).not.toContain('HOLDFAST_SECRETS_FD')
  })

  it('has none of the secrets of the worker, which works with them, and it dumps no core (security 10, 31)', async () => {
    let ready = false
    const log = openLog()
    child = startWorker({ ...options, root }, env, log, () => (ready = true))
    await waitFor('the worker to be ready', () => ready || (child?.ended && log.tail().join('\n')) || null, 150_000)
    expect(log.tail().join('\n')).toContain('"worker ready"')
    expectNothingToSee()
    // It found its catalog and made what the secrets ask for.
    expect(await catalog.db.apiToken.count()).toBe(1)
  }, 180_000)
})
