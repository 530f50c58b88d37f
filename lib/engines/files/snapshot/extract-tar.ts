import type { RunContext } from '@/lib/ports/run-context'
import type { CommandSpec } from '@/lib/ports/process'
import { feedCommand } from '@/lib/process/feed-command'
import { runCommand } from '@/lib/process/run-command'
import type { Wanted } from './chain'

/** Names are taken as they were listed, and nothing else of the archive: neither patterns nor what lies in a folder. */
const exactly = ['--no-recursion', '--no-wildcards', '--null', '--verbatim-files-from', '--no-unquote']
/** Owners come back where the worker is root. */
const asTheyWere = ['--preserve-permissions', '--numeric-owner', '--delay-directory-restore']
export const withAttributes = ['--xattrs', '--xattrs-include=*', '--acls']

/** Capabilities that owners, rights of others' files, file capabilities and attributes in the namespace `trusted` need. */
export const restoreCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETFCAP', 'SYS_ADMIN'].map(
  (name) => `CAP_${name}`,
)

/**
 * Takes what is wanted of one archive into a folder, by GNU tar. `onListing` gets what tar prints for each entry, line by line.
 * Rejects with whose fault it was first: the bytes', or tar's (`command-failed`), also when a name is not in the archive.
 */
export async function extractTar(
  input: {
    wanted: Wanted
    into: string
    /** Where the archive lists its names as the program sees them. */
    options: string[]
    command: (spec: CommandSpec) => CommandSpec
    onListing?: (lines: AsyncIterable<Buffer>) => Promise<void>
  },
  run: RunContext,
): Promise<void> {
  const { wanted, into, options } = input
  const spec: CommandSpec = {
    file: 'tar',
    args: [
      ...['--extract', '--file=-', `--directory=${into}`, ...asTheyWere, ...options],
      ...(input.onListing ? ['--verbose', '--verbose', '--quoting-style=c'] : []),
      ...exactly,
      `--files-from=${wanted.listFile}`,
    ],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdin: 'pipe',
  }
  const bytes = await wanted.open(run)
  const command = runCommand(input.command(spec), run)
  const heard = input.onListing?.(command.stdout) ?? drain(command.stdout)
  const [fed, listing] = await Promise.allSettled([feedCommand(bytes, command), heard])
  run.signal.throwIfAborted()
  if (fed.status === 'rejected') throw fed.reason
  if (listing.status === 'rejected') throw listing.reason
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
