import { stat } from 'node:fs/promises'
import { runCommand } from '@/lib/process/run-command'

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => quiet }
const known = new Map<string, string | null>()

/** `15.18` from `pg_dump (PostgreSQL) 15.18 (Debian ...)`; null when there is no such program. Asked once per file. */
export async function toolVersion(file: string): Promise<string | null> {
  const info = await stat(file).catch(() => null)
  if (!info?.isFile()) return null
  // The time of change is in the key: an upgraded package is seen without a restart.
  const key = `${file} ${info.mtimeMs}`
  const cached = known.get(key)
  if (cached !== undefined) return cached
  const version = await ask(file).catch(() => null)
  known.set(key, version)
  return version
}

async function ask(file: string): Promise<string | null> {
  const command = runCommand({ file, args: ['--version'] }, { signal: AbortSignal.timeout(10_000), logger: quiet })
  let text = ''
  for await (const chunk of command.stdout) text += String(chunk)
  await command.exited
  return /\(PostgreSQL\) (\d+(?:\.\d+)?\S*)/.exec(text)?.[1] ?? null
}
