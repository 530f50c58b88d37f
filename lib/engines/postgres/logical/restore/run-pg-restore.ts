import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { PartFeed } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { runCommand } from '@/lib/process/run-command'
import type { ArchiveWalker } from '@/lib/engines/postgres/logical/archive/archive-walker'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { databaseConnInfo } from '@/lib/engines/postgres/connect/quote'
import type { Settings } from '@/lib/engines/postgres/connect/session-settings'
import { watchStalls, watchForStall } from '@/lib/engines/postgres/load/stall-watch'
import { openToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import type { Workplace } from './workplace'

export interface RestoreTool {
  client: Installation
  target: SourceSpec
  database: string
  /** `--no-owner` and the like. */
  args: string[]
  /** Of its sessions, from session-settings.ts. */
  settings: Settings
  place: Workplace
}

/** Restores sections of the schema from a saved table of contents. Answers what pg_restore said. */
export async function restoreFromFile(
  tool: RestoreTool,
  args: string[],
  file: string,
  run: RunContext,
): Promise<string> {
  const stream = { bytes: () => 0, isHeldBack: () => false }
  return withTool(tool, [...args, file], 'ignore', stream, run, async (command) => command.exited)
}

/**
 * Feeds an archive's data to pg_restore. The archive is followed on its way, so that one that ends early fails also
 * where pg_restore would not notice. Rejects with the archive's error or with `command-failed`.
 */
export async function restoreFromStream(
  tool: RestoreTool,
  args: string[],
  archive: Readable,
  walker: ArchiveWalker,
  /** Only some entries are restored: pg_restore ends when it has them. */
  isSelection: boolean,
  run: RunContext,
): Promise<string> {
  walker.on('error', () => undefined)
  try {
    // Once all is fed, pg_restore is on its own with the server; before that, an empty buffer waits for the store.
    const isHeldBack = () => walker.readableLength === 0 && !walker.writableFinished
    const stream = { bytes: () => walker.bytes, isHeldBack }
    return await withTool(tool, args, 'pipe', stream, run, async (command) => {
      const reading = pipeline(archive, walker, { signal: run.signal })
      reading.catch(() => undefined)
      try {
        await feedCommand(walker, command)
      } catch (error) {
        if (isSelection && error instanceof HoldfastError && error.code === 'command-closed-input') return
        throw error
      }
      await reading
    })
  } finally {
    walker.destroy()
    archive.destroy()
  }
}

/** Feeds an archive's data to pg_restore past this process. Rejects with what `PartFeed.into` rejects with. */
export async function restoreFromFeed(
  tool: RestoreTool,
  args: string[],
  feed: PartFeed,
  run: RunContext,
): Promise<string> {
  try {
    return await withTool(tool, args, feed.stdin, feed, run, (command) => feed.into(command))
  } finally {
    await feed.close()
  }
}

async function withTool(
  { client, target, database, args, settings, place }: RestoreTool,
  more: string[],
  stdin: 'ignore' | 'pipe' | number,
  stream: Pick<PartFeed, 'bytes' | 'isHeldBack'>,
  run: RunContext,
  work: (command: ReturnType<typeof runCommand>) => Promise<void>,
): Promise<string> {
  const env = await openToolEnv(target, { database, settings })
  try {
    const files = env.privateFolder === null ? [] : [env.privateFolder]
    await place.give(...files)
    const spec = {
      file: join(client.folder, 'pg_restore'),
      args: ['--exit-on-error', '--no-password', `--dbname=${databaseConnInfo(database)}`, ...args, ...more],
      env: env.env,
      secrets: env.secrets,
      stdin,
      bulkInput: stdin !== 'ignore',
      // The tools look at the working folder, which their user may not be allowed to.
      cwd: '/',
    }
    const command = runCommand(place.command(spec, files), run)
    command.stdout.resume()
    let stalled: HoldfastError | null = null
    const unwatch = watchForStall(watchStalls(target, database), {
      ...stream,
      onStall: (error) => {
        stalled = error
        void command.terminate()
      },
    })
    try {
      await work(command)
    } catch (error) {
      run.signal.throwIfAborted()
      throw stalled ?? error
    } finally {
      unwatch()
      await command.terminate()
    }
    return command.stderrTail().trim()
  } finally {
    await env.close()
  }
}
