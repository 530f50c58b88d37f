import type { Client } from 'pg'
import { isIPv6 } from 'node:net'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { authenticationOf } from '@/lib/engines/postgres/connect/password-for'
import { passwordOf } from '@/lib/engines/postgres/connect/options'
import { identifySystem } from '@/lib/engines/postgres/replication/identify-system'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import type { ContinuousFinding } from './finding'
import type { ServerFacts } from './read-server'

/** Found by trying: pg_hba.conf is shown to few roles, and what it says is best asked from where the connections will come. */
export async function accessFindings(
  source: SourceSpec,
  client: Client,
  facts: ServerFacts,
  others: readonly ContinuousFinding[],
  signal: AbortSignal,
): Promise<ContinuousFinding[]> {
  try {
    const replication = await openReplication(source, signal)
    try {
      await identifySystem(replication)
    } finally {
      await replication.end().catch(() => undefined)
    }
    return []
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof HoldfastError)) throw error
    return findingsOf(error, source, client, facts, others)
  }
}

function findingsOf(
  { code, message, remedy, facts: { sqlState } }: HoldfastError,
  source: SourceSpec,
  client: Client,
  facts: ServerFacts,
  others: readonly ContinuousFinding[],
): ContinuousFinding[] {
  const told = (name: string) => others.some((finding) => finding.code === name)
  const line = hbaRemedy(facts, client, passwordOf(source) !== null)
  if (code === 'hba-refused' || code === 'password-rejected') return [refused(message, line)]
  // The server looks at the role after it has let us in, and at its limit before.
  if (code === 'privilege-missing' && told('replication-role')) return []
  if (sqlState === '53300' && told('wal-senders')) return [untried(line)]
  return [{ severity: 'error', code, message, ...(remedy === undefined ? {} : { remedy }) }]
}

function refused(message: string, line: string): ContinuousFinding {
  return {
    severity: 'error',
    code: 'hba-replication',
    message: `${message.replace(/\.$/, '')}. Connections to databases are let in; "all" does not cover replication.`,
    remedy: `Add this line ${line}`,
    sql: 'SELECT pg_reload_conf();',
  }
}

function untried(line: string): ContinuousFinding {
  return {
    severity: 'warning',
    code: 'hba-untried',
    message: 'Whether pg_hba.conf lets the user in for replication shows once a replication connection is free.',
    remedy: `Where no line does, add this one ${line}`,
    sql: 'SELECT pg_reload_conf();',
  }
}

function hbaRemedy({ user, address, settings }: ServerFacts, client: Client, hasPassword: boolean): string {
  const file = settings['hba_file'] ?? 'pg_hba.conf'
  const password = hasPassword
    ? ''
    : '\nIt asks for a password and none is stored: give the user one, and enter it here.'
  return `to ${file} on the server, above others for replication, and run the statement below:\n${hbaLine(user, address, client)}${password}`
}

/** An MD5 hash of a password, which older roles have, proves nothing to scram-sha-256. */
function hbaLine(user: string, address: string | null, client: Client): string {
  const method = authenticationOf(client) === 'md5' ? 'md5' : 'scram-sha-256'
  const name = `"${user.replaceAll('"', '""')}"`
  if (address === null) return `local   replication    ${name}    ${method}`
  return `host    replication    ${name}    ${address}/${isIPv6(address) ? 128 : 32}    ${method}`
}
