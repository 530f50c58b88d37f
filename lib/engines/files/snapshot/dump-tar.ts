import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { toolPriority } from '@/lib/core/tool-priority'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { runCommand } from '@/lib/process/run-command'
import { ObserveTar, type Stored } from './observe-tar'
import { isPassingTrouble } from './tar-messages'
import { dumpError } from '../classify-error'

export interface TarOrder {
  source: SourceSpec
  root: string
  /** Names that are to be read, each behind a NUL. */
  listFile: string
  /** Where tar writes which names it stored, and at which block. */
  namesFile: string
  onEntry(stored: Stored): void
}

/** What every archive is made with: names, times below a second, holes, rights and attributes as they are. */
const format = [
  ...['--format=posix', '--pax-option=delete=atime,delete=ctime', '--sparse', '--numeric-owner'],
  ...['--xattrs', '--xattrs-include=*', '--acls', '--atime-preserve=system'],
]

/** Starts GNU tar. The end of `stream` is held back until it has read everything that was still there. */
export function dumpTar(order: TarOrder, run: RunContext): { stream: Readable; finished: Promise<void> } {
  const command = runCommand(
    {
      file: 'tar',
      args: [
        ...['--create', '--file=-', ...format, `--directory=${order.root}`],
        ...['--verbose', '--block-number', '--quoting-style=c', `--index-file=${order.namesFile}`],
        ...['--no-recursion', '--null', '--verbatim-files-from', '--no-unquote', `--files-from=${order.listFile}`],
      ],
      env: { LC_ALL: 'C' },
      priority: toolPriority(order.source.options),
    },
    run,
  )
  const ended = command.exited.catch((error: unknown) => {
    if (!isPassingTrouble(error)) throw error
  })
  const observed = new ObserveTar({ onEntry: order.onEntry, beforeEnd: () => ended })
  observed.on('error', () => undefined)
  const finished = pipeline([command.stdout, observed], { signal: run.signal }).then(
    () => ended,
    async (error: unknown) => {
      await command.terminate()
      run.signal.throwIfAborted()
      // A tool that failed says more than the archive that broke off by it.
      throw dumpError(
        await ended.then(
          () => error,
          (told: unknown) => told,
        ),
      )
    },
  )
  finished.catch(() => undefined)
  return { stream: observed, finished }
}
