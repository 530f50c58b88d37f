import type { ClientBase } from 'pg'
import { errorCode, errorText } from '../classify-error'
import { isTroubleOfServer } from '../is-trouble-of-server'

const duplicateObject = '42710'
const insufficientPrivilege = '42501'

/** Runs the script of roles, statement by statement. Answers what was left out. */
export async function makeRoles(client: ClientBase, globals: readonly string[]): Promise<string[]> {
  const warnings: string[] = []
  for (const statement of globals) {
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
 * Whoever gave a membership is kept, because from 16 on the same one may be given twice with other options. The source's
 * first superuser is none here, and may not have given it: then it is the sandbox's first.
 */
async function grantOrRun(client: ClientBase, statement: string): Promise<void> {
  try {
    await client.query(statement)
  } catch (error) {
    const anonymous = statement.replace(grantedBy, '')
    if (anonymous === statement || errorCode(error) !== insufficientPrivilege) throw error
    await client.query(anonymous)
  }
}

const grantedBy = /(?<=^GRANT [^;]*) GRANTED BY (?:"(?:[^"]|"")*"|\S+)$/

const name = String.raw`(?:"(?:[^"]|"")+"|[^\s"]+)`
const ofRole = new RegExp(`^ALTER ROLE ${name} (?:IN DATABASE ${name} )?SET ${name}(?= TO )`)
