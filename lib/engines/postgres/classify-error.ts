import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { clip } from '@/lib/core/clip'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { tlsMessage, tlsOffers, tlsRemedy, tlsTroubleOf } from '@/lib/core/network/tls-trouble'
import { quoteIdentifier } from './connect/quote'
import { isRecoveryConflict, recoveryConflict } from './load/recovery-conflict'

const unreachable = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EHOSTDOWN'])
const goneStates = new Set(['57P01', '57P02', '57P03', '08006', '08001', '08003'])
const goneText =
  /Connection terminated|connection to server was lost|server closed the connection|terminating connection|not queryable|ECONNRESET|EPIPE/

/** The SQLSTATE or the system's code, wherever the driver has put it. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return clip(error.code, 100)
  // A name with several addresses fails with all their errors in one.
  return error instanceof AggregateError ? errorCode(error.errors[0]) : ''
}

/** What the server or the system said, cut to what is of use: a server may say as much as it likes. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorText(error.errors[0])
  return clip(error instanceof Error ? error.message : String(error))
}

/** What went wrong while connecting, as a person needs to hear it. Never carries the password. */
export function classifyConnectError(error: unknown, connection: PostgresConnection): HoldfastError {
  if (error instanceof HoldfastError) return error
  const { host, port, database, user } = connection
  const server = host.startsWith('/') ? `the socket in ${host}` : `${host}:${port}`
  const code = errorCode(error)
  const text = errorText(error)
  const facts = { host, port, database, user, detail: text, ...(code ? { sqlState: code } : {}) }
  const fail = (name: ErrorCode, message: string, remedy: string, transient = false) =>
    new HoldfastError(name, message, { remedy, facts, transient, cause: error })

  if (code === '28P01' || text.includes('client password must be')) {
    const given = text.includes('client password must be')
      ? 'asks for a password and none is stored'
      : 'refused the password'
    return fail(
      'password-rejected',
      `The server at ${server} ${given} of user ${user}.`,
      'Enter the right password for this user, or set it anew with ALTER ROLE ... PASSWORD.',
    )
  }
  if (code === '28000' && /no pg_hba\.conf entry|pg_hba\.conf rejects/.test(text)) {
    return fail(
      'hba-refused',
      `The server at ${server} does not let user ${user} into database ${database} from here: ${text}.`,
      /no encryption|SSL off/.test(text)
        ? 'Set the TLS mode to "require", or add a line for this host to pg_hba.conf on the server and reload it.'
        : 'Add a line for this user, database and the address of this machine to pg_hba.conf on the server and reload it.',
    )
  }
  if (code === '28000') {
    return fail(
      'password-rejected',
      `The server at ${server} does not accept user ${user}: ${text}.`,
      'Check the name of the user and that it may log in.',
    )
  }
  if (code === '3D000') {
    return fail(
      'no-such-database',
      `There is no database ${database} on ${server}.`,
      'Check the name of the database; upper and lower case matter.',
    )
  }
  if (code === '55000' && /not currently accepting connections/.test(text)) {
    return fail(
      'database-closed',
      `The database ${database} on ${server} allows no connections.`,
      `Let an administrator run, connected to another database: ALTER DATABASE ${quoteIdentifier(database)} ALLOW_CONNECTIONS true;`,
    )
  }
  if (code === '42501') {
    return fail(
      'privilege-missing',
      `User ${user} may not connect to database ${database}.`,
      `Run: GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(user)};`,
    )
  }
  if (code === '53300') {
    return fail(
      'source-failed',
      `The server at ${server} has no free connection left.`,
      'Raise max_connections or let other clients use fewer connections; a backup needs three.',
      true,
    )
  }
  if (code === '57P03') {
    return fail(
      'connection-refused',
      `The server at ${server} is starting up or shutting down.`,
      'Wait until it accepts connections.',
      true,
    )
  }
  const trouble = tlsTroubleOf(code, text)
  if (trouble) {
    return new HoldfastError('tls-refused', tlsMessage(trouble, server, text), {
      remedy: tlsRemedy(trouble),
      facts: { ...facts, tls: trouble, tlsOffers: tlsOffers(trouble) },
      cause: error,
    })
  }
  if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'EACCES') {
    return fail(
      'connection-refused',
      `Nothing accepts connections at ${server}.`,
      'Check that the server runs, that the port is right, and that it listens on this address (listen_addresses).',
      true,
    )
  }
  if (unreachable.has(code) || /timeout expired|timed? ?out/i.test(text)) {
    return fail(
      'host-unreachable',
      `${server} was not reached: ${text}.`,
      'Check the host name, the network and the firewall between this machine and the server.',
      true,
    )
  }
  return classifyQueryError(error, facts)
}

/** Trouble on a connection that was open. */
export function classifyQueryError(error: unknown, facts: Record<string, unknown> = {}): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = errorCode(error)
  const text = errorText(error)
  const all = { ...facts, ...(code ? { sqlState: code } : {}) }
  if (isRecoveryConflict(text)) return recoveryConflict(all, error)
  if (goneStates.has(code) || goneText.test(`${code} ${text}`)) {
    return new HoldfastError('server-gone', `The connection to the server was lost: ${text}`, {
      remedy: 'Check whether the server was restarted or the connection was ended by an administrator or a firewall.',
      facts: all,
      transient: true,
      cause: error,
    })
  }
  if (code === '42501') {
    return new HoldfastError('privilege-missing', `The user lacks a privilege: ${text}`, {
      remedy: 'Test the connection of this source: it lists what is missing and the GRANT to run.',
      facts: all,
      cause: error,
    })
  }
  return new HoldfastError('source-failed', `The server reported an error: ${text}`, { facts: all, cause: error })
}
