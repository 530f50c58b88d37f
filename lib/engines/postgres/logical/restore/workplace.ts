import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import type { Confinement, KeepOut } from '@/lib/ports/sandbox'
import { openConfinement } from '@/lib/sandbox/open-confinement'
import { connectionOf } from '@/lib/engines/postgres/connect/connect'
import type { SandboxServer } from '@/lib/engines/postgres/sandbox/start'

/** Where tools read what came out of a backup, which is not trusted: how they are started, and a folder for their files. */
export interface Workplace {
  folder: string
  /** The command as it is to be run; it sees the folder, and what is named. */
  command(spec: CommandSpec, read?: string[]): CommandSpec
  /** Makes files readable for the tools, and for nobody else. */
  give(...paths: string[]): Promise<void>
}

/** Tools for a sandbox are as confined as its server is, and reach nothing but its socket. */
export function sandboxWorkplace({ confinement, work, sockets }: SandboxServer): Workplace {
  return {
    folder: work,
    command: (spec, read = []) => confinement.command(spec, { read: [sockets, work, ...read] }),
    give: (...paths) => confinement.give(...paths),
  }
}

/** For tools that only rewrite an archive: they talk to nobody and run nothing of it. */
export async function openPlainWorkplace(): Promise<Workplace & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-contents-'))
  return {
    folder,
    command: (spec) => spec,
    give: async () => undefined,
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

const gib = 1024 ** 3
const limits = { memoryBytes: null, processes: 256, openFiles: 4_096, diskBytes: gib }

/**
 * Tools that restore to a real server: kept from our files and processes as far as this machine permits, with its network.
 * A restore is never refused for want of it. To a socket they stay the worker's user, by whom a server may know them.
 */
export async function openRestoreWorkplace(
  target: SourceSpec,
  programs: string[],
  keepOut: KeepOut,
  run: RunContext,
): Promise<Workplace & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-restore-'))
  // Only files that are given away can be read in there.
  await chmod(folder, 0o711)
  const { host } = connectionOf(target)
  const isSocket = host.startsWith('/')
  const keepUser = isSocket || process.getuid?.() !== 0
  const plan = { folder, programs, limits, keepOut, network: true, keepUser }
  const confinement = await openConfinement(plan, run).catch((error: unknown) => notConfined(error, run))
  if (confinement?.report.grade === 'none') {
    run.logger.warn('pg_restore cannot be kept apart on this machine', { reasons: confinement.report.reasons })
  }
  return {
    folder,
    command: (spec, read = []) =>
      confinement ? confinement.command(spec, { read: [folder, ...(isSocket ? [host] : []), ...read] }) : spec,
    give: async (...paths) => confinement?.give(...paths),
    close: async () => {
      await confinement?.end([])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function notConfined(error: unknown, run: RunContext): Confinement | null {
  run.signal.throwIfAborted()
  const message = error instanceof HoldfastError ? error.message : String(error)
  run.logger.warn('pg_restore is not kept apart', { error: message })
  return null
}
