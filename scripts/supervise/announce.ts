import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { SuperviseOptions } from './options'
import { addressOf } from './programs'
import { ensureSetupCode, readSetupCode } from './setup-code'

const READY_WITHIN_MS = 60_000

/** Waits until the web answers and the worker is ready (it makes the first administrator before), then says so. */
export async function announce(
  options: SuperviseOptions,
  databaseUrl: string,
  workerIsReady: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const url = addressOf(options)
  const db = new pg.Client({ connectionString: databaseUrl, application_name: 'holdfast-start' })
  db.on('error', () => undefined)
  await db.connect()
  try {
    const ready = await Promise.all([
      until(() => webAnswers(url), signal),
      until(() => Promise.resolve(workerIsReady()), signal),
    ])
    if (signal.aborted) return
    if (!ready[0]) options.warn(`The web does not answer yet; see ${path.join(options.home, 'logs/web.log')}`)
    if (!ready[1]) options.warn(`The worker is not ready yet; see ${path.join(options.home, 'logs/worker.log')}`)
    const administrator = await firstAdministrator(db)
    options.say(`Holdfast is running at ${url}`)
    // The worker may have made the administrator named in the environment since.
    if (administrator) await ensureSetupCode(options.home, databaseUrl)
    options.say(administrator ? `Sign in as ${administrator}` : whatToOpen(url, readSetupCode(options.home)))
    options.say('Ctrl-C stops everything')
  } finally {
    await db.end().catch(() => undefined)
  }
}

async function until(check: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline && !signal.aborted) {
    if (await check()) return true
    await delay(100, undefined, { signal }).catch(() => undefined)
  }
  return false
}

async function webAnswers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/health`, { redirect: 'manual', signal: AbortSignal.timeout(20_000) })
    await response.body?.cancel()
    return true
  } catch {
    return false
  }
}

async function firstAdministrator(db: pg.Client): Promise<string | null> {
  const { rows } = await db.query<{ email: string }>(
    "SELECT email FROM app_user WHERE role = 'admin' AND disabled_at IS NULL ORDER BY created_at LIMIT 1",
  )
  return rows[0]?.email ?? null
}

function whatToOpen(url: string, code: string | null): string {
  return `Open ${url} to create the first administrator${code === null ? '' : `; set-up code: ${code}`}`
}
