import { type BigIntStats, realpathSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { findTool } from '@/lib/process/find-tool'
import { runCommand } from '@/lib/process/run-command'
import { bubblewrapPrefix, findBubblewrap } from './bubblewrap'
import { landlockPrefix } from './landlock'
import { programView, type Shown } from './system-view'

/** A folder as it was found: another one that is put in its place is told from it by device and inode. */
export interface KnownFolder {
  /** Its real path. */
  path: string
  is: Pick<BigIntStats, 'dev' | 'ino'>
}

/** All that a tool may touch beside itself and its libraries. */
export interface Reach {
  /** With whatever is mounted in it. */
  folder: KnownFolder & { as: 'read' | 'write' }
  /** Single files that exist. */
  files?: { as: 'read' | 'write'; path: string }[]
}

/** A way to run one tool, which is trusted itself, on folders in which others may put links at any time. */
export interface ToolRoom {
  by: 'bubblewrap' | 'landlock' | 'nothing'
  /** What this machine lacks to confine it, with what to do; null where it is confined. */
  lacking: string | null
  /** The same command, which reads and writes nothing but its reach; unchanged where it is not confined. */
  command(spec: CommandSpec, reach: Reach): CommandSpec
}

/** What stands in stderr when the folder is another one by now. */
const replaced = 'The folder is not the one that was looked at'
/** A name leads to whatever is there by now, so what was opened or mounted is compared, behind the confinement. */
const checkFolder = `[ "$(stat -c %d:%i -- "$1")" = "$2" ] || { echo '${replaced}.' >&2; exit 70; }; shift 2; exec "$@"`

/**
 * Tries how the tool can be kept to its reach. Root gets namespaces by bubblewrap, without one for users, so that owners stay what
 * they are; of all that root may do the tool keeps `capabilities`. Where that is impossible, and for every other user, Landlock
 * keeps a tool that reads from what files elsewhere hold. Rejects with `command-failed` when the folder is another one by now
 * (`isFolderReplaced`).
 */
export async function confineTool(
  { file, capabilities, folder }: { file: string; capabilities: readonly string[]; folder: Reach['folder'] },
  run: Pick<RunContext, 'signal' | 'logger'>,
): Promise<ToolRoom> {
  const unconfined = { by: 'nothing' as const, command: (spec: CommandSpec) => spec }
  const found = findTool(file)
  // Starting it reports that it is not there.
  if (found === null) return { ...unconfined, lacking: null }
  const program = realpathSync(found)
  const isRoot = process.getuid?.() === 0
  const ways: { by: ToolRoom['by']; prefix: Prefix }[] = [
    ...(isRoot && findBubblewrap() !== null ? [{ by: 'bubblewrap' as const, prefix: mounted(capabilities) }] : []),
    ...(folder.as === 'read' ? [{ by: 'landlock' as const, prefix: landlockPrefix }] : []),
  ]
  for (const { by, prefix } of ways) {
    const command = (spec: CommandSpec, reach: Reach) => confined(prefix, { ...spec, file: program }, reach)
    if (await works(command({ file, args: ['--version'] }, { folder }), run)) return { by, lacking: null, command }
  }
  return { ...unconfined, lacking: lacking(file, isRoot) }
}

/** What stands in front of a command; null: this machine has not what it takes. */
type Prefix = (shown: Shown[]) => string[] | null

const mounted =
  (capabilities: readonly string[]): Prefix =>
  (shown) =>
    bubblewrapPrefix({ shown, network: false, kernelFolders: false, capabilities })

function confined(prefix: Prefix, spec: CommandSpec, { folder, files = [] }: Reach): CommandSpec {
  const { path, is, as } = folder
  // The root is its own system.
  const shown: Shown[] = [...(path === '/' ? [] : programView(spec.file)), { as, path }, ...files]
  const check = ['/bin/sh', '-c', checkFolder, 'sh', path, `${is.dev}:${is.ino}`]
  const [file = spec.file, ...args] = [...(prefix(shown) ?? ['/bin/false']), ...check, spec.file, ...spec.args]
  const env = { PATH: '/usr/bin:/bin', ...spec.env }
  return { ...spec, file, args, tool: { file: spec.file, args: spec.args }, env, cwd: '/' }
}

async function works(command: CommandSpec, run: Pick<RunContext, 'signal' | 'logger'>): Promise<boolean> {
  try {
    const tried = runCommand(command, run)
    await Promise.all([text(tried.stdout), tried.exited])
    return true
  } catch (error) {
    run.signal.throwIfAborted()
    if (isFolderReplaced(error)) throw error
    const stderr = error instanceof HoldfastError ? error.facts['stderr'] : null
    run.logger.debug('a way to confine a tool does not work here', { error: String(error), stderr })
    return false
  }
}

function lacking(file: string, isRoot: boolean): string {
  const told = `${file} was not confined to the folder: a link in it could lead ${file} to other files of this machine.`
  if (isRoot && findBubblewrap() === null)
    return `${told} Install bubblewrap (Debian or Ubuntu: apt-get install bubblewrap).`
  const landlock = 'perl and a kernel with Landlock (Linux 5.13 or newer)'
  return isRoot
    ? `${told} bubblewrap may make no namespaces here: give the container the capability SYS_ADMIN, or ${landlock}.`
    : `${told} It takes ${landlock}.`
}

/** Whether a confined tool was not started because its folder is away, or another one is in its place. */
export function isFolderReplaced(error: unknown): boolean {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return false
  const { stderr } = error.facts
  return typeof stderr === 'string' && (stderr.includes(replaced) || /^bwrap: Can't find source path /m.test(stderr))
}
