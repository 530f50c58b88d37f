import { HoldfastError } from '@/lib/core/holdfast-error'
import { tellingLine } from '@/lib/process/telling-line'
import { locksRemedy } from '@/lib/engines/postgres/inspect/lock-findings'
import { isRecoveryConflict, recoveryConflict } from '@/lib/engines/postgres/load/recovery-conflict'

/** Facts of `command-failed` as lib/ports/process.ts describes them. */
interface CommandFacts {
  stderr: string
  exitCode: unknown
  signal: unknown
}

function commandFacts(error: HoldfastError): CommandFacts {
  const { stderr, exitCode, signal } = error.facts
  return { stderr: typeof stderr === 'string' ? stderr : '', exitCode, signal }
}

/** What a server says of a value that is longer as text than any text may be. Of no memory at all it says other things. */
const tooLong = /invalid memory alloc request size|string buffer exceeds|Cannot enlarge string buffer/
/** And of one that it cannot read any more. */
const torn = /toast|missing chunk|unexpected chunk|invalid page|could not read block|compressed .* data is corrupt/i

const lockedTable = /LOCK TABLE (.+?) IN ACCESS SHARE MODE/s
const gone =
  /server closed the connection|terminating connection|connection to server was lost|the database system is (?:shutting down|starting up|in recovery mode)|could not receive data from server|SSL SYSCALL error|no connection to the server/

/** Why pg_dump or pg_dumpall ended without success, from what it said last. */
export function dumpError(error: unknown, tool: string): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return error
  const { stderr, exitCode, signal } = commandFacts(error)
  const facts = { tool, exitCode, signal, stderr }
  if (isRecoveryConflict(stderr)) return recoveryConflict(facts, error)
  if (/out of shared memory|max_locks_per_transaction/.test(stderr)) {
    return new HoldfastError('too-many-tables', 'The database has more tables than the server can lock at once.', {
      remedy: locksRemedy,
      facts,
      cause: error,
    })
  }
  const unreadable = /Dumping the contents of table "(.+?)" failed/.exec(stderr)?.[1]
  const said = /Error message from server: ERROR: +(.*)/.exec(stderr)?.[1]
  if (unreadable !== undefined && said !== undefined && (tooLong.test(stderr) || torn.test(said))) {
    return new HoldfastError('value-unreadable', `Table ${unreadable} holds a value that cannot be read: ${said}`, {
      remedy: tooLong.test(stderr)
        ? 'A value or row is too long to be written as text (1 GB). Find it by the length of its columns, shorten or divide it, and back up again.'
        : 'The server cannot read what is on its disk. Find the row by reading the table in ranges of its key, take it from an older backup, delete it, and check the disk.',
      facts: { ...facts, table: unreadable },
      cause: error,
    })
  }
  const tables = lockedTable.exec(stderr)?.[1]
  // The statement is not translated, so this holds whatever language the server speaks.
  if (tables && /55P03|lock timeout|canceling statement/.test(stderr)) {
    const named = tables.length > 200 ? `${tables.slice(0, 200)}...` : tables
    return new HoldfastError('lock-timeout', `The backup gave up waiting for a lock on ${named}.`, {
      remedy:
        'Another session changes this table (DDL, TRUNCATE, VACUUM FULL, LOCK TABLE). Let it finish, or take the backup at another time. The time to wait is an option of the source.',
      facts: { ...facts, tables },
      transient: true,
      cause: error,
    })
  }
  if (gone.test(stderr)) {
    return new HoldfastError('server-gone', `The server ended the connection while ${tool} was reading.`, {
      remedy: 'Check whether the server was restarted or ran out of memory or disk; its log says why.',
      facts,
      transient: true,
      cause: error,
    })
  }
  if (/row.level security policy/.test(stderr)) {
    return new HoldfastError(
      'privilege-missing',
      `Row security would hide rows from the backup: ${tellingLine(stderr) || 'it gave no reason'}`,
      {
        remedy: 'Give the role BYPASSRLS, or connect as the owner or as a superuser.',
        facts,
        cause: error,
      },
    )
  }
  if (/permission denied/.test(stderr)) {
    return new HoldfastError(
      'privilege-missing',
      `The user may not read everything: ${tellingLine(stderr) || 'it gave no reason'}`,
      {
        remedy: 'Test the connection of this source: it lists what is missing and the GRANT to run.',
        facts,
        cause: error,
      },
    )
  }
  if (tables) {
    // Neither waited for nor forbidden: it was dropped or renamed after the list of tables was read.
    return new HoldfastError(
      'producer-failed',
      `A table changed while the backup began: ${tellingLine(stderr) || 'it gave no reason'}`,
      {
        remedy: 'The next attempt reads everything anew.',
        facts,
        transient: true,
        cause: error,
      },
    )
  }
  if (typeof signal === 'string') {
    return new HoldfastError('producer-failed', `${tool} was killed by ${signal} before it had finished.`, {
      remedy: 'Nobody cancelled it: look for "Out of memory" in the kernel log of this machine.',
      facts,
      transient: true,
      cause: error,
    })
  }
  return new HoldfastError(
    'producer-failed',
    `${tool} failed with exit code ${String(exitCode)}: ${tellingLine(stderr) || 'it gave no reason'}`,
    {
      remedy: 'Its last messages are in the details.',
      facts,
      cause: error,
    },
  )
}
