import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { toolPriority } from '@/lib/core/tool-priority'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { runCommand } from '@/lib/process/run-command'
import type { KnownFolder, ToolRoom } from '@/lib/sandbox/confine-tool'
import { ObserveTar, type Stored } from './observe-tar'
import { isPassingTrouble } from './tar-messages'
import { dumpError } from '../classify-error'

export interface TarOrder {
  source: SourceSpec
  root: KnownFolder
  room: ToolRoom
  /** Names that are to be read, each behind a NUL. */
  listFile: string
  /** Where tar writes which names it stored, and at which block. */
  namesFile: string
  onEntry(stored: Stored): void
}

/** What every archive is made with: names, times below a second, holes, rights and attributes as they are. */
const format = [
  ...['--format=posix', '--pax-option=delete=atime,delete=ctime', '--sparse', '--numeric-owner'],
  ...['--xattrs', '--xattrs-include=*', '--acls'],
]

/**
 * Capabilities that reading needs: files that their owners keep to themselves, and attributes in the namespace `trusted`, which
 * root alone may see.
 */
export const readCapabilities = ['CAP_DAC_READ_SEARCH', 'CAP_SYS_ADMIN']

/** Starts GNU tar. The end of `stream` is held back until it has read everything that was still there. */
export function dumpTar(order: TarOrder, run: RunContext): { stream: Readable; finished: Promise<void> } {
  const command = startTar(order, run)
  const ended = command.exited.catch((error: unknown) => {
    if (!isPassingTrouble(error)) throw error
  })
  // It may end before the archive was read to its end, which is when it is looked at.
  ended.catch(() => undefined)
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
        order.root.path,
      )
    },
  )
  finished.catch(() => undefined)
  return { stream: observed, finished }
}

function startTar({ source, root, room, listFile, namesFile }: TarOrder, run: RunContext): RunningCommand {
  // A folder that is shown to be read only keeps its times. Else only root may ask for that with the files of others.
  const keepsTimes = room.by !== 'bubblewrap' && process.getuid?.() === 0
  const spec = {
    file: 'tar',
    args: [
      ...['--create', '--file=-', ...format, ...(keepsTimes ? ['--atime-preserve=system'] : [])],
      ...[`--directory=${root.path}`],
      ...['--verbose', '--block-number', '--quoting-style=c', `--index-file=${namesFile}`],
      ...['--no-recursion', '--null', '--verbatim-files-from', '--no-unquote', '--files-from=-'],
    ],
    env: { LC_ALL: 'C' },
    priority: toolPriority(source.options),
  }
  // It has to exist to be shown.
  closeSync(openSync(namesFile, 'w', 0o600))
  const files = [{ as: 'write' as const, path: namesFile }]
  const names = openSync(listFile, 'r')
  try {
    return runCommand({ ...room.command(spec, { folder: { ...root, as: 'read' }, files }), stdin: names }, run)
  } finally {
    closeSync(names)
  }
}
