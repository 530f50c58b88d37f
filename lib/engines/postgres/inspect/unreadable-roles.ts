import type { ClientBase } from 'pg'
import type { Finding } from '@/lib/contracts/source'
import { byBytes, legible } from '@/lib/engines/postgres/connect/unread-bytes'
import { errorCode } from '@/lib/engines/postgres/classify-error'
import { nameBytes } from '@/lib/engines/postgres/connect/name-bytes'

/** A role whose name is no text in the database's encoding. */
export interface UnreadableRole {
  oid: string
  /** Its bytes, as unread-bytes.ts keeps them. */
  name: string
}

/**
 * Roles are the whole server's, and their names are kept as the bytes that the database wrote in which they were made. In
 * a database of another encoding these may be no text at all: pg_dumpall there asks for such a role by its name, and ends.
 * Must not be asked inside a transaction, which the server's refusal would end.
 */
export async function unreadableRoles(client: ClientBase): Promise<UnreadableRole[]> {
  const { rows } = await client.query<{ oid: string; bytes: Buffer }>(
    `SELECT oid::text AS oid, ${nameBytes('rolname')} AS bytes FROM pg_catalog.pg_roles ORDER BY oid`,
  )
  const unreadable: UnreadableRole[] = []
  for (const { oid, bytes } of rows) {
    if (bytes.every((byte) => byte < 0x80)) continue
    if (!(await isText(client, bytes))) unreadable.push({ oid, name: byBytes(bytes) })
  }
  return unreadable
}

/** What a backup of a database in this encoding lacks, in words. */
export const roleGap = ({ name }: UnreadableRole, encoding: string): string =>
  `role ${legible(name)}, whose name is not in the encoding ${encoding}`

export function unreadableRoleFindings(roles: readonly UnreadableRole[], encoding: string): Finding[] {
  return roles.map((role) => ({
    severity: 'warning',
    code: 'not-in-backup',
    message: `Backups of this database lack ${roleGap(role, encoding)} of this database.`,
    remedy:
      'Rename it with ALTER ROLE ... RENAME TO, in a database of the encoding that it was made in, to a name in plain letters. Or keep its CREATE ROLE statement elsewhere.',
  }))
}

async function isText(client: ClientBase, bytes: Buffer): Promise<boolean> {
  try {
    await client.query(
      'SELECT pg_catalog.length(pg_catalog.convert_from($1::bytea, pg_catalog.getdatabaseencoding()))',
      [bytes],
    )
    return true
  } catch (error) {
    if (errorCode(error) === notInEncoding) return false
    throw error
  }
}

const notInEncoding = '22021'
