import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { insistedSettings } from './recovery-settings'
import { restoreScript } from './restore-script'

/**
 * What lies in the data directory was written by others, links among it: only the sandbox's user touches it. Settings that ALTER SYSTEM
 * made are set aside, since they run commands and load libraries; so is what would start the server as a standby.
 */
const prepare = `
set -e
cd -- "$1"
[ -f PG_VERSION ] || exit 3
[ -f backup_label ] && [ ! -L backup_label ] || exit 4
rm -rf -- standby.signal recovery.signal recovery.conf postmaster.pid postmaster.opts postgresql.auto.conf.source
[ ! -e postgresql.auto.conf ] && [ ! -L postgresql.auto.conf ] || mv -- postgresql.auto.conf postgresql.auto.conf.source
: > postgresql.auto.conf
: > recovery.signal
chmod 0700 .
mkdir -p pg_wal pg_wal/archive_status
for name in pg_replslot pg_dynshmem pg_notify pg_serial pg_snapshots pg_stat_tmp pg_subtrans; do mkdir -p "$name"; done
rm -rf -- pg_replslot/*
`

/** Makes an unpacked base backup ready to be recovered. Throws `recovery-failed` for what is none, or has lost its label (fault 65). */
export async function prepareData(data: string, confinement: Confinement, run: RunContext): Promise<void> {
  const spec = { file: '/bin/sh', args: ['-c', prepare, 'sh', data] }
  const prepared = runCommand(confinement.command(spec, { write: [data] }), run)
  prepared.stdout.resume()
  await prepared.exited.catch((error: unknown) => {
    run.signal.throwIfAborted()
    const exitCode = error instanceof HoldfastError ? error.facts.exitCode : null
    if (exitCode === 3) throw refused('What was unpacked is no data directory of PostgreSQL.', error)
    // Without it the server begins at its newest checkpoint, and opens with what was not yet on the disk missing.
    if (exitCode === 4)
      throw refused('The base backup has no backup_label, without which it cannot be made consistent.', error)
    throw error
  })
}

const refused = (message: string, cause: unknown) => new HoldfastError('recovery-failed', message, { cause })

/** Files that the server reads instead of the source's own, in a folder that it cannot write to. */
export async function writeConfig(folder: string, handOverFolder: string): Promise<{ script: string }> {
  const script = join(folder, 'restore.sh')
  await mkdir(folder)
  const files = {
    'postgresql.conf': '',
    'pg_hba.conf': 'local all all trust\n',
    'pg_ident.conf': '',
    'restore.sh': restoreScript(handOverFolder),
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text)
    await chmod(join(folder, name), 0o644)
  }
  await chmod(folder, 0o755)
  return { script }
}

/** What the data directory itself says of the settings that recovery insists on. */
export async function controlSettings(
  server: Installation,
  data: string,
  confinement: Confinement,
  run: RunContext,
): Promise<Record<string, number>> {
  const spec = { file: join(server.folder, 'pg_controldata'), args: ['-D', data], env: { LC_ALL: 'C' } }
  const control = runCommand(confinement.command(spec, { read: [data] }), run)
  let text = ''
  for await (const chunk of control.stdout) text += String(chunk)
  await control.exited
  const found = insistedSettings.flatMap((name) => {
    // Called max_prepared_xacts and max_locks_per_xact there.
    const label = name.replace('transactions', 'xacts').replace('transaction', 'xact')
    const [, value] = new RegExp(`^${label} setting: +(\\d+)$`, 'm').exec(text) ?? []
    return value === undefined ? [] : [[name, Number(value)] as const]
  })
  return Object.fromEntries(found)
}
