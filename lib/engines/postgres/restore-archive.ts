import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import type { SourceSpec } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { runCommand } from '@/lib/process/run-command'
import { type ArchiveSummary, ArchiveWalker, type WalkOptions } from './archive/archive-walker'
import type { Installation } from './find-client'
import { databaseConnInfo } from './quote'
import { openToolEnv } from './tool-env'
import type { UnprivilegedUser } from './sandbox/drop-user'

const progressEveryMs = 500

export interface RestorePlan {
  archive: Readable
  target: SourceSpec
  database: string
  client: Installation
  /** `--no-owner` and the like. */
  args: string[]
  user: UnprivilegedUser | null
  walk: WalkOptions
  phase: string
  totalBytes: number
}

/**
 * Feeds an archive to pg_restore, which stops at its first error. The archive is followed on its way, so that one that
 * ends early fails also where pg_restore would not notice. Rejects with the archive's error or with `command-failed`.
 */
export async function restoreArchive(
  plan: RestorePlan,
  run: RunContext,
): Promise<{ summary: ArchiveSummary; messages: string }> {
  const tool = await openToolEnv(plan.target, plan.database)
  const walker = new ArchiveWalker(plan.walk)
  walker.on('error', () => undefined)
  const report = setInterval(
    () => run.progress({ phase: plan.phase, doneBytes: walker.bytes, totalBytes: plan.totalBytes }),
    progressEveryMs,
  )
  try {
    const command = runCommand(
      {
        file: join(plan.client.folder, 'pg_restore'),
        args: ['--exit-on-error', '--no-password', `--dbname=${databaseConnInfo(plan.database)}`, ...plan.args],
        env: tool.env,
        secrets: tool.secrets,
        stdin: 'pipe',
        // The tools look at the working folder, which the sandbox's user may not be allowed to.
        cwd: '/',
        ...(plan.user ? { uid: plan.user.uid, gid: plan.user.gid } : {}),
      },
      run,
    )
    command.stdout.resume()
    const reading = pipeline(plan.archive, walker, { signal: run.signal })
    reading.catch(() => undefined)
    try {
      await feedCommand(walker, command)
      await reading
    } catch (error) {
      run.signal.throwIfAborted()
      throw error
    } finally {
      walker.destroy()
      await command.terminate()
    }
    return { summary: walker.summary(), messages: command.stderrTail().trim() }
  } finally {
    clearInterval(report)
    plan.archive.destroy()
    await tool.close()
  }
}
