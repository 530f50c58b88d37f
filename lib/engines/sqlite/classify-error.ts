import { HoldfastError } from '@/lib/core/holdfast-error'
import { ReaderError } from './reader/ask-reader'

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const result = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  auth: 23,
  notADatabase: 26,
} as const

const refused = new Set<number | null>([result.perm, result.readOnly, result.cannotOpen, result.auth])
const held = new Set<number | null>([result.busy, result.locked, result.protocol])

const noDatabase: Record<string, string> = {
  empty: 'is empty',
  kind: 'is no file',
  header: 'does not begin as a SQLite database does: it is something else, or encrypted',
}

/** What went wrong with a database of the source, in our codes. What is not the reader's stays what it is. */
export function classifyError(error: unknown, path: string): unknown {
  if (!(error instanceof ReaderError)) return error
  const { message, code, resultCode } = error
  const facts = { path, sqlite: message, resultCode }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new HoldfastError('no-such-database', `There is no file ${path}.`, {
      remedy: "Correct the path. It is one of the worker's host, and in a container one that the container sees.",
      facts,
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || refused.has(resultCode)) {
    return new HoldfastError('privilege-missing', `${path} may not be opened (${message}).`, {
      remedy:
        "Let the worker's user read and write the file, and the folder it lies in: also readers of SQLite need the files beside it (-wal, -shm), and may have to undo what a program that died left half done.",
      facts,
      cause: error,
    })
  }
  if (code === 'no-database' || resultCode === result.notADatabase) {
    return new HoldfastError(
      'not-a-database',
      `${path} ${noDatabase[message] ?? 'is no SQLite database, or encrypted'}.`,
      {
        remedy: 'Correct the path. Of an encrypted database, back up a copy that the application writes.',
        facts,
        cause: error,
      },
    )
  }
  if (held.has(resultCode)) {
    return new HoldfastError('lock-timeout', `${path} stayed locked by another program (${message}).`, {
      remedy:
        'Back up when no program holds it for long, or let the backup wait longer. In WAL mode (PRAGMA journal_mode = WAL) readers do not wait for writers.',
      facts,
      transient: true,
      cause: error,
    })
  }
  if (resultCode === result.corrupt) {
    return new HoldfastError('database-damaged', `${path} is damaged (${message}).`, {
      remedy: 'Restore an older backup to a new file and compare; .recover of the sqlite3 program reads what is left.',
      facts,
      cause: error,
    })
  }
  if (resultCode === result.full || code === 'ENOSPC') {
    return new HoldfastError('producer-failed', `The disk that the copy of ${path} is made on is full.`, {
      remedy: 'Free space for the data folder of Holdfast: a backup needs as much there as the databases take.',
      facts,
      cause: error,
    })
  }
  return new HoldfastError('source-failed', `SQLite could not read ${path}: ${message}`, {
    remedy: 'Look at the disk that it lies on, and open it with the sqlite3 program.',
    facts,
    cause: error,
  })
}
