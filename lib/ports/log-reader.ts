import type { Readable } from 'node:stream'
import type { RunContext } from './run-context'

/** The stored log of one source, as a recovery reads it. */
export interface LogReader {
  /**
   * Plain bytes of one file of the log by the engine's name for it: a whole segment, a segment that was still open (filled with
   * zeros to its full size), or a timeline's history. Null when it is certain that no such file is stored: the end of the log, never
   * an error. Rejects with `object-damaged`, `object-not-found` (known, and gone from the store) and the errors of `Storage.get`; the
   * stream fails with the same.
   */
  fetch(name: string, run: RunContext): Promise<Readable | null>
}
