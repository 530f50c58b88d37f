import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { baseDamaged } from './base-damaged'
import { tablespaceMap } from './tablespace-map'

const program = 'pg_combinebackup'

export interface CombineOrder {
  server: Installation
  confinement: Confinement
  /** The confined user's: everything is in there. */
  folder: string
  /** Data directories, the full one's first. The links to the tablespaces of the last lead to the keys of `tablespaces`. */
  inputs: string[]
  /** Removed once they are combined. */
  inputsFolder: string
  /** Must not exist. */
  output: string
  /** Of the last input, by oid: where it is, and where it goes. */
  tablespaces: ReadonlyMap<string, { from: string; to: string }>
}

/** The map says where the tablespaces were; nothing may follow what anybody put into the output. */
const script = `
set -e
umask 077
inputs=$1 output=$2 map=$3
shift 3
"$@"
rm -rf -- "$inputs"
cd -- "$output"
rm -rf -- tablespace_map
if [ -n "$map" ]; then printf '%s' "$map" > tablespace_map; fi
`

/** Throws `sandbox-unavailable` where the program that combines a chain is not beside the server's others. */
export async function requireCombine({ folder, version }: Installation): Promise<void> {
  const path = join(folder, program)
  await access(path, constants.X_OK).catch((cause: unknown) => {
    throw new HoldfastError('sandbox-unavailable', `${program} is not among the server programs in ${folder}.`, {
      remedy: `Install all of the server programs of PostgreSQL ${version}: incremental base backups become one data directory by it.`,
      facts: { path },
      cause,
    })
  })
}

/**
 * Makes one data directory of a full base backup and incremental ones by PostgreSQL's own program. Throws `object-damaged` with its words
 * when they do not fit together.
 */
export async function combine(order: CombineOrder, run: RunContext): Promise<void> {
  const { server, confinement, folder, inputs, inputsFolder, output, tablespaces } = order
  const moved = [...tablespaces.values()].flatMap(({ from, to }) => ['-T', `${escaped(from)}=${escaped(to)}`])
  const map = tablespaceMap(new Map([...tablespaces].map(([oid, { to }]) => [oid, to])))
  const combining = [join(server.folder, program), '--no-sync', '--no-manifest', ...moved, '-o', output, ...inputs]
  const args = ['-c', script, 'sh', inputsFolder, output, map, ...combining]
  const spec = { file: '/bin/sh', args, env: { LC_ALL: 'C' } }
  run.progress({ phase: 'combining the backups', doneBytes: 0 })
  const command = runCommand(confinement.command(spec, { write: [folder] }), run)
  command.stdout.resume()
  await command.exited.catch((error: unknown) => {
    run.signal.throwIfAborted()
    throw asRefusal(error)
  })
}

/** In a path an equals sign would end it. */
const escaped = (path: string) => path.replaceAll('=', '\\=')

/** Every file of the inputs is as the server sent it: what the program refuses is that they belong together. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error
  const said = String(error.facts.stderr ?? '')
  const [, why] = /^pg_combinebackup: error: (.+)$/m.exec(said) ?? []
  if (why === undefined || ofMachine.test(said)) return error
  return baseDamaged(`it and the backups that it builds on do not fit together: ${why}`, error)
}

const ofMachine =
  /No space left on device|Disk quota exceeded|Permission denied|Input\/output error|out of memory|Too many/
