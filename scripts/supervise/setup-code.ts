import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { newSetupCode, setupCodeFile } from '@/lib/core/access/setup-code'
import { secretFile } from './secret-file'

/**
 * Creates the code that the set-up page asks for, while there is no administrator: a new instance belongs to the person who
 * can read what its start prints, not to the first one who finds its address. Removes it once there is one.
 */
export async function ensureSetupCode(home: string, databaseUrl: string): Promise<void> {
  const file = path.join(home, setupCodeFile)
  if (await hasUsers(databaseUrl)) rmSync(file, { force: true })
  else secretFile(file, () => newSetupCode(randomInt))
}

export function readSetupCode(home: string): string | null {
  const file = path.join(home, setupCodeFile)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null
}

async function hasUsers(databaseUrl: string): Promise<boolean> {
  const db = new pg.Client({ connectionString: databaseUrl, application_name: 'holdfast-start' })
  db.on('error', () => undefined)
  await db.connect()
  try {
    return (await db.query('SELECT 1 FROM app_user LIMIT 1')).rows.length > 0
  } finally {
    await db.end().catch(() => undefined)
  }
}
