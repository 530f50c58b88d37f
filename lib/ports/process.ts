import type { Readable, Writable } from 'node:stream'
import type { Priority } from '../core/tool-priority'

/** A tool to run: argv as an array, never a shell; secrets only in `env` or files, never in `args`. */
export interface CommandSpec {
  file: string
  args: string[]
  /** The tool itself, where `file` and `args` begin with what confines it; errors and logs show it. */
  tool?: { file: string; args: string[] }
  /** The whole environment of the child beside PATH, LANG and TZ: nothing else is inherited. */
  env?: Record<string, string>
  cwd?: string
  /** Run as this user and group (dropping root). */
  uid?: number
  gid?: number
  priority?: Priority
  /** A number is a descriptor of the caller's, which it closes when the tool has started. */
  stdin?: 'ignore' | 'pipe' | number
  /** The descriptor that the tool writes to instead of the pipe to `RunningCommand.stdout`, which is empty then. */
  stdout?: number
  /** The tool reads much from stdin by the C library, which would ask for 4 KiB at a time. */
  bulkInput?: boolean
  /**
   * The tool writes much: stdout is read in chunks of 256 KiB, and given on only when one is full or the tool closed it.
   * The last consumer of the chunks may give their memory back (lib/process/buffer-pool.ts); no stage in between may
   * keep a chunk, or a part of one, after it has passed it on.
   */
  bulkOutput?: boolean
  /** Values that must not appear in errors or logs. */
  secrets?: string[]
}

/** A running tool in its own process group. */
export interface RunningCommand {
  readonly pid: number
  readonly stdin: Writable | null
  readonly stdout: Readable
  /** Resolves on exit 0; rejects with HoldfastError `command-failed` (facts: command, exitCode, signal, stderr tail) or on abort. */
  readonly exited: Promise<void>
  /** Last lines of stderr, redacted. */
  stderrTail(): string
  /** SIGTERM to the group, SIGKILL after the grace time; resolves when no process of the group is left. */
  terminate(graceMs?: number): Promise<void>
}
