import { rm } from 'node:fs/promises'
import path from 'node:path'
import { benchDatabase } from './load-source'
import { measurePlain, type Sample } from './measure'
import { runTool } from './run-tool'
import { startServer, type Server } from './server'
import type { BenchSettings } from './settings'

/** What an administrator would write: pg_dump, a compressor and an upload in one pipe, and the way back. */
export interface PlainTools {
  /** `pg_dump -Fc -Z0 | zstd -3 | upload` */
  dumpZstd(key: string): Promise<Sample>
  /** `pg_dump -Fc | upload`: pg_dump's own gzip */
  dumpGzip(key: string): Promise<Sample>
  /** `download | zstd -d | pg_restore -j1` into a new database of the source's server, which is removed afterwards. */
  restoreNew(key: string): Promise<Sample>
  /** The same into a server that is made for it and removed, with the settings of Holdfast's sandbox. */
  restoreFresh(key: string): Promise<Sample>
}

/** Settings of the sandbox (lib/engines/postgres/sandbox/start.ts): without them the plain way would sync its files. */
const sandboxSettings = {
  max_connections: '16',
  max_locks_per_transaction: '1024',
  shared_buffers: '96MB',
  maintenance_work_mem: '128MB',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
}

export function plainTools(settings: BenchSettings, source: Server, bucket: string): PlainTools {
  const { endpoint, accessKeyId, secretAccessKey } = settings.s3
  const env = {
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY: accessKeyId,
    S3_SECRET_KEY: secretAccessKey,
    PGHOST: '127.0.0.1',
    PGUSER: 'postgres',
    PGSSLMODE: 'disable',
    NODE: process.execPath,
    CLIENT: path.join(settings.root, 'dist/bench'),
    PG: settings.pgBin,
    BUCKET: bucket,
  }
  const bash = (script: string, more: Record<string, string>, onStart: (pid: number) => void) =>
    runTool('bash', ['-c', `set -euo pipefail; ${script}`], { env: { ...env, ...more }, onStart })

  const dump = (script: string) => (key: string) =>
    measurePlain(async (onStart) => {
      const output = await bash(
        `"$PG/pg_dump" ${script} | "$NODE" "$CLIENT/upload.mjs" "$BUCKET" "$KEY"`,
        { KEY: key, PGPORT: String(source.port), PGDATABASE: benchDatabase },
        onStart,
      )
      return { storedBytes: Number(output.trim()) }
    })

  const restore = (key: string, server: Server, database: string, onStart: (pid: number) => void) =>
    bash(
      `"$NODE" "$CLIENT/download.mjs" "$BUCKET" "$KEY" | zstd -dc | "$PG/pg_restore" --exit-on-error -d "$TARGET"`,
      { KEY: key, PGPORT: String(server.port), TARGET: database },
      onStart,
    )

  return {
    dumpZstd: dump('-Fc -Z0 | zstd -q -c -3'),
    dumpGzip: dump('-Fc'),
    async restoreNew(key) {
      try {
        return await measurePlain(async (onStart) => {
          // A run that was cut short leaves its own behind in data that is kept.
          await source.query('DROP DATABASE IF EXISTS plain_restore')
          await source.query('CREATE DATABASE plain_restore TEMPLATE template0')
          await restore(key, source, 'plain_restore', onStart)
          return {}
        })
      } finally {
        await source.query('DROP DATABASE IF EXISTS plain_restore')
      }
    },
    async restoreFresh(key) {
      const folder = path.join(settings.dataFolder, 'fresh')
      try {
        return await measurePlain(async (onStart) => {
          const from = performance.now()
          const server = await startServer(settings.pgBin, folder, sandboxSettings)
          try {
            const started = performance.now()
            await restore(key, server, 'postgres', onStart)
            const restored = performance.now()
            return { steps: { startMs: started - from, restoreMs: restored - started } }
          } finally {
            await server.stop()
          }
        })
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
