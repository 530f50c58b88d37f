import { join } from 'node:path'
import type { BackupPart, SourceSpec } from '@/lib/ports/engine'
import { ArchiveWalker } from './archive/archive-walker'
import type { Installation } from './find-client'
import { openPart } from './open-part'
import type { ToolEnv } from './tool-env'

export interface DumpPlan {
  source: SourceSpec
  client: Installation
  env: ToolEnv
  /** Exported snapshot; null when the server cannot export one. */
  snapshot: string | null
  expectedBytes: number
  explain(error: unknown): Promise<unknown>
}

/** The data: one uncompressed custom archive. Compression is the pipeline's, which does it better and in parallel. */
export function dumpArchive(plan: DumpPlan): BackupPart {
  const { source, client, env } = plan
  return {
    role: 'archive',
    base: 'archive.dump',
    expectedBytes: plan.expectedBytes,
    open: (run) =>
      openPart(
        {
          tool: 'pg_dump',
          spec: {
            file: join(client.folder, 'pg_dump'),
            args: [
              '--format=custom',
              '--compress=0',
              '--no-password',
              `--lock-wait-timeout=${source.options.lockTimeoutMs}`,
              ...(plan.snapshot ? [`--snapshot=${plan.snapshot}`] : []),
            ],
            env: env.env,
            secrets: env.secrets,
            lowPriority: source.options.lowPriority,
            bulkOutput: true,
          },
          check: (exited) => new ArchiveWalker({ beforeEnd: exited }),
          explain: plan.explain,
        },
        run,
      ),
  }
}
