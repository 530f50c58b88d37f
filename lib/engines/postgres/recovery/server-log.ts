import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'

/** What the log of a server that recovers says of its end. */
export type RecoveryEnd =
  /** It accepts connections, and writes. */
  | 'promoted'
  /** It stays in recovery, at its target. */
  | 'paused'
  /** It came to the end of the log before it found where to stop, and ends. */
  | 'target-not-found'
  /** The settings are lower than the primary's were. */
  | 'settings-too-low'

const ends: [RegExp, RecoveryEnd][] = [
  [/^LOG: {2}database system is ready to accept connections$/, 'promoted'],
  [/^LOG: {2}pausing at the end of recovery$/, 'paused'],
  [/^FATAL: {2}recovery ended before configured recovery target was reached$/, 'target-not-found'],
  [/^(?:WARNING|FATAL): {2}.*because of insufficient parameter settings$/, 'settings-too-low'],
]

/** Where the server stopped, as it says so itself. */
export interface StopNote {
  line: string
  /** Of the transaction at which it stopped, when that was replayed. */
  xid: string | null
}

export interface ServerLog {
  /** The first end that is read; null when the log is over without one. */
  readonly end: Promise<RecoveryEnd | null>
  stop(): StopNote | null
  /** The last line that says why it could not go on. */
  lastError(): string | null
  /** The line about a process that ended by a segmentation fault, which damaged data can bring about; null: there was none. */
  crash(): string | null
  /** The last lines, without the one for each file of the log. */
  tail(): string
}

const mostLines = 60
const longestLine = 2_000

/** Follows the log of a server with `log_line_prefix` empty and `lc_messages` C. */
export function readServerLog(output: Readable): ServerLog {
  const lines: string[] = []
  const end = Promise.withResolvers<RecoveryEnd | null>()
  let stop: StopNote | null = null
  let crash: string | null = null
  const reader = createInterface({ input: output, crlfDelay: Infinity })
  reader.on('line', (whole) => {
    const line = whole.slice(0, longestLine)
    if (/^LOG: {2}restored log file "/.test(line)) return
    lines.push(line)
    if (lines.length > mostLines) lines.shift()
    if (/^LOG: {2}recovery stopping /.test(line)) {
      const [, xid] = / after commit of transaction (\d+),/.exec(line) ?? []
      stop = { line: line.replace(/^LOG: {2}/, ''), xid: xid ?? null }
    }
    if (/^LOG: {2}.*\bwas terminated by signal 11: /.test(line)) crash ??= line.replace(/^LOG: {2}/, '')
    const found = ends.find(([pattern]) => pattern.test(line))
    if (found) end.resolve(found[1])
  })
  reader.on('close', () => end.resolve(null))
  output.on('error', () => end.resolve(null))
  return {
    end: end.promise,
    stop: () => stop,
    crash: () => crash,
    lastError: () => lines.findLast((line) => /^(?:FATAL|PANIC|ERROR): /.test(line)) ?? null,
    tail: () => lines.join('\n'),
  }
}
