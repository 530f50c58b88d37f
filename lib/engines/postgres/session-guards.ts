import type { ClientBase } from 'pg'

/**
 * Limits that an administrator may have set for a role or database, and that would end a session which is meant to last
 * as long as a backup does. For how long a dump waits for locks is an option of the source, which the tools are told.
 */
const guarded = [
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'transaction_timeout',
  'lock_timeout',
]

/**
 * PGOPTIONS that take these limits away from a tool's sessions; null when none is set. Only what is set is named: a
 * server refuses what it does not know, and a connection pooler refuses options altogether.
 */
export async function sessionGuards(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name = ANY ($1) AND reset_val <> '0' ORDER BY name`,
    [guarded],
  )
  if (rows.length === 0) return null
  return rows.map(({ name }) => `-c ${name}=0`).join(' ')
}

/**
 * The same for a connection of our own, once it is open: what was set for the role must not end it in between. Statements
 * and not options of the connection, which a pooler would refuse.
 */
export async function liftLimits(client: ClientBase): Promise<void> {
  await client.query(`SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY ($1) AND setting <> '0'`, [
    guarded,
  ])
}
