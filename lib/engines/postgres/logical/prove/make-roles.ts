import type { ClientBase } from 'pg'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { createDatabase } from '@/lib/engines/postgres/logical/restore/create-database'
import { isTroubleOfServer } from '@/lib/engines/postgres/connect/is-trouble-of-server'
import type { Globals } from '@/lib/engines/postgres/logical/archive/read-globals'
import type { DatabaseLocale } from '@/lib/engines/postgres/connect/server-facts'

const duplicateObject = '42710'
const insufficientPrivilege = '42501'
/** Takes the names of roles as bytes, whatever encoding they were given in. */
const ofBytes = 'holdfast_bytes'
const noLocale: DatabaseLocale = {
  encoding: 'SQL_ASCII',
  collate: 'C',
  ctype: 'C',
  provider: 'libc',
  icu: null,
  icuRules: null,
  collationVersion: null,
}

/** Roles of the source, with the names that they have in the restored database. Answers what was left out. */
export async function makeRoles(
  admin: ClientBase,
  sandbox: SourceSpec,
  { statements, inBytes }: Globals,
  serverMajor: number,
  run: RunContext,
): Promise<string[]> {
  if (!inBytes) return send(admin, statements)
  await createDatabase(admin, ofBytes, noLocale, serverMajor, { strategy: 'FILE_COPY' })
  const warnings = await withConnection(sandbox, run.signal, (client) => send(client, statements), ofBytes)
  await admin.query(`DROP DATABASE ${ofBytes}`)
  return warnings
}

async function send(client: ClientBase, statements: string[]): Promise<string[]> {
  const warnings: string[] = []
  for (const statement of statements) {
    try {
      await grantOrRun(client, statement)
    } catch (error) {
      // A role of the source that has the name of the sandbox's own.
      if (errorCode(error) === duplicateObject) continue
      // A role is none the worse for a setting that only the source's machine knows, such as a locale.
      const setting = ofRole.exec(statement)?.[0]
      if (isTroubleOfServer(error) || setting === undefined) throw error
      warnings.push(`A setting of a role was left out: ${setting} (${errorText(error)}).`)
    }
  }
  await client.query('RESET ALL')
  return warnings
}

/**
 * The grantor of a membership is kept, because from 16 on the same one may be given twice with other options. The source's
 * first superuser is none here, and may not have given it: then it is the sandbox's first.
 */
async function grantOrRun(client: ClientBase, statement: string): Promise<void> {
  try {
    await client.query(statement)
  } catch (error) {
    const anonymous = granted.exec(statement)?.[1] ?? statement
    if (anonymous === statement || errorCode(error) !== insufficientPrivilege) throw error
    await client.query(anonymous)
  }
}

const name = String.raw`(?:"(?:[^"]|"")+"|[^\s"]+)`
const granted = new RegExp(`^(GRANT ${name} TO ${name}(?: WITH [A-Z, ]+)?) GRANTED BY ${name}$`)
const ofRole = new RegExp(`^ALTER ROLE ${name} (?:IN DATABASE ${name} )?SET ${name}(?= TO )`)
