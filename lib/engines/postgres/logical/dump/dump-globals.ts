import { toolPriority } from '@/lib/core/tool-priority'
import { join } from 'node:path'
import { Readable, Transform, type TransformCallback } from 'node:stream'
import type { BackupPart } from '@/lib/ports/backup-method'
import { damaged } from '@/lib/engines/postgres/logical/archive/archive-error'
import { connectionOf } from '@/lib/engines/postgres/connect/connect'
import type { DumpPlan } from './dump-archive'
import { startPart } from './start-part'
import { databaseConnInfo } from '@/lib/engines/postgres/connect/quote'
import { watchStalls } from '@/lib/engines/postgres/load/stall-watch'
import { postgresOptions } from '@/lib/engines/postgres/connect/options'

const endMark = 'PostgreSQL database cluster dump complete'

/** Roles, their memberships and tablespaces as SQL; password hashes only when the role may read them. */
export function dumpGlobals(plan: Omit<DumpPlan, 'snapshot' | 'guard'>, withPasswords: boolean): BackupPart {
  const { source, client, env } = plan
  return {
    role: 'globals',
    data: false,
    base: 'globals.sql',
    open: (run) =>
      startPart(
        {
          tool: 'pg_dumpall',
          spec: {
            file: join(client.folder, 'pg_dumpall'),
            args: [
              '--globals-only',
              '--no-password',
              `--lock-wait-timeout=${postgresOptions(source).lockTimeoutMs}`,
              // The source's own database: the role may not be let into `postgres`.
              `--database=${databaseConnInfo(connectionOf(source).database)}`,
              ...(withPasswords ? [] : ['--no-role-passwords']),
            ],
            env: env.env,
            secrets: env.secrets,
            priority: toolPriority(source.options),
          },
          check: (exited) => new EndMarkCheck(exited),
          explain: plan.explain,
          warn: plan.warn,
          stall: watchStalls(source),
        },
        run,
      ),
  }
}

/** The same from a script that is there already. */
export function givenGlobals(script: Buffer): BackupPart {
  return {
    role: 'globals',
    data: false,
    base: 'globals.sql',
    open: () => ({ stream: Readable.from([script]), finished: Promise.resolve() }),
  }
}

/** pg_dumpall's script ends with a comment that says so; without it, the script was cut. */
class EndMarkCheck extends Transform {
  #tail = ''

  constructor(private readonly exited: () => Promise<void>) {
    super()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#tail = (this.#tail + chunk.toString('latin1')).slice(-1024)
    callback(null, chunk)
  }

  override _flush(callback: TransformCallback): void {
    void this.#finish().then(
      () => callback(),
      (error: Error) => callback(error),
    )
  }

  async #finish(): Promise<void> {
    await this.exited()
    if (!this.#tail.includes(endMark)) throw damaged('the script of roles has no end')
  }
}
