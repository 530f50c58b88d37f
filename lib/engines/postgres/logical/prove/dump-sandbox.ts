import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import {
  type ArchiveSummary,
  ArchiveWalker,
  type WalkOptions,
} from '@/lib/engines/postgres/logical/archive/archive-walker'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import type { SandboxServer } from '@/lib/engines/postgres/sandbox/start'
import { settingsToDump } from '@/lib/engines/postgres/connect/session-settings'
import { openToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import { sandboxWorkplace } from '@/lib/engines/postgres/logical/restore/workplace'

/** Dumps the sandbox and keeps nothing: the archive is only walked, as the original was. */
export async function dumpSandbox(
  sandbox: SandboxServer,
  database: string,
  client: Installation,
  args: string[],
  walk: WalkOptions,
  run: RunContext,
): Promise<ArchiveSummary> {
  const settings = await withConnection(sandbox.source, run.signal, (client) => settingsToDump(client), database)
  const tool = await openToolEnv(sandbox.source, { database, settings })
  try {
    const command = runCommand(
      sandboxWorkplace(sandbox).command({
        file: join(client.folder, 'pg_dump'),
        args: ['--format=custom', '--compress=0', '--no-password', ...args],
        env: tool.env,
      }),
      run,
    )
    const walker = new ArchiveWalker({ ...walk, beforeEnd: () => command.exited })
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    try {
      await pipeline(command.stdout, walker, nowhere, { signal: run.signal })
    } finally {
      await command.terminate()
    }
    return walker.summary()
  } finally {
    await tool.close()
  }
}
