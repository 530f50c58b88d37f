import { HoldfastError } from '@/lib/core/holdfast-error'
import { toolPriority } from '@/lib/core/tool-priority'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyError } from '../classify-error'
import type { DatabaseFile } from '../connect/find-files'
import { sqliteOptions } from '../connect/options'
import { copiedSchema, type Examined, examinedSchema } from '../reader/answers'
import { askReader } from '../reader/ask-reader'

/**
 * Copies one database page by page within one read transaction, and reads from the copy what a restore test compares.
 *
 * SQLite's online backup and not VACUUM INTO: that writes the database anew, and took twice as long under the lock (170 MB
 * with two indexes: 3.3 s instead of 1.7). Holding the transaction keeps the online backup from beginning anew at each
 * commit of others. Why to a file: no build of SQLite that is at hand can give its pages as a
 * stream (`sqlite_dbpage`), and a transaction as long as an upload would let the WAL grow, or keep writers waiting.
 */
export async function copyDatabase(
  source: SourceSpec,
  { path }: DatabaseFile,
  to: string,
  run: RunContext,
): Promise<Examined> {
  const priority = toolPriority(source.options)
  const { lockTimeoutMs, writersMayWaitMs } = sqliteOptions(source)
  const limit = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const signal = AbortSignal.any([run.signal, limit.signal])
  try {
    // Without nice: others may be waiting for its lock.
    await askReader(
      { do: 'copy', path, to, timeoutMs: lockTimeoutMs },
      copiedSchema,
      { ...run, signal },
      {
        onHolding: ({ wal }) => {
          if (!wal) timer = setTimeout(() => limit.abort(new Error('limit')), writersMayWaitMs)
        },
      },
    )
  } catch (error) {
    run.signal.throwIfAborted()
    if (limit.signal.aborted) throw tooLong(path, writersMayWaitMs)
    throw classifyError(error, path)
  } finally {
    clearTimeout(timer)
  }
  try {
    return await askReader({ do: 'examine', path: to, hashes: true }, examinedSchema, run, { priority })
  } catch (error) {
    run.signal.throwIfAborted()
    throw classifyError(error, path)
  }
}

function tooLong(path: string, limitMs: number): HoldfastError {
  return new HoldfastError(
    'lock-timeout',
    `The copy of ${path} would have kept its writers waiting for longer than ${limitMs / 1_000} seconds, and was given up.`,
    {
      remedy:
        'Put the database into WAL mode (PRAGMA journal_mode = WAL), where no writer waits for a backup. Or allow a longer wait in the options of the source, and back up while nobody writes.',
      facts: { path, writersMayWaitMs: limitMs },
    },
  )
}
