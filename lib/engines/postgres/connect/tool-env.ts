import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { connectionOf } from './connect'
import { type Settings, toolVariables } from './session-settings'
import { toolAddress } from './tool-address'
import { systemCaFile, verifies } from './tls'
import { passwordOf } from './options'

/** Environment of a libpq tool. Nothing secret is in its arguments; the password is in a private file. */
export interface ToolEnv {
  env: Record<string, string>
  secrets: string[]
  /** Holds the password and the certificate authority; null when there is neither. */
  privateFolder: string | null
  /** Removes the private folder. */
  close(): Promise<void>
}

/**
 * How the tools reach the server. The database goes by PGDATABASE, which libpq takes literally: a name with `=`, quotes,
 * spaces or a leading `-` stays a name. Everything libpq would look for in a home folder is pointed into Holdfast's.
 * Rejects with what connecting does when the address is refused or unknown, or when a password would go in clear text.
 * `settings` are for the tool's sessions, from session-settings.ts.
 */
export async function openToolEnv(
  source: SourceSpec,
  { database, settings = {} }: { database?: string | undefined; settings?: Settings } = {},
): Promise<ToolEnv> {
  const connection = connectionOf(source)
  const address = await toolAddress(source, connection, database ?? connection.database)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-pg-'))
  const close = () => rm(folder, { recursive: true, force: true })
  const env: Record<string, string> = {
    ...address,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    PGDATABASE: database ?? connection.database,
    PGSSLROOTCERT: join(folder, 'root.crt'),
    PGSSLCERT: join(folder, 'none.crt'),
    PGSSLKEY: join(folder, 'none.key'),
    PGPASSFILE: join(folder, 'pgpass'),
    PGGSSENCMODE: 'disable',
    PGAPPNAME: 'holdfast',
    PGCONNECT_TIMEOUT: '10',
    // The tools' own messages are read by dump-error.ts.
    LC_MESSAGES: 'C',
    ...toolVariables(settings),
  }
  const secret = passwordOf(source)
  const holds = secret !== null || connection.sslRootCert !== undefined
  const privateFolder = holds ? folder : null
  try {
    if (secret !== null) {
      if (secret.includes('\n')) env.PGPASSWORD = secret
      else {
        const escaped = secret.replace(/[\\:]/g, '\\$&')
        await writeFile(join(folder, 'pgpass'), `*:*:*:*:${escaped}\n`, { mode: 0o600 })
      }
    }
    const bundle = systemCaFile()
    // Where it is not to be checked there is no file: libpq would check against one that it finds.
    if (verifies(connection)) {
      if (connection.sslRootCert) await writeFile(join(folder, 'root.crt'), connection.sslRootCert, { mode: 0o600 })
      else if (bundle) env.PGSSLROOTCERT = bundle
    }
  } catch (error) {
    await close()
    throw error
  }
  return { env, secrets: secret ? [secret] : [], privateFolder, close }
}
