import { rm } from 'node:fs/promises'
import path from 'node:path'
import { benchDatabase } from './load-source'
import { measurePlain, type Sample } from './measure'
import { runTool } from './run-tool'
import { startServer, type Server } from './server'
import type { BenchSettings } from './settings'

/** What an administrator would write: pg_dump, a compressor and an upload, and the way back. */
export interface PlainTools {
  /** `pg_dump -Fc -Z0 | zstd -3 | upload` */
  dumpZstd(key: string): Promise<Sample>
  /** `pg_dump -Fc | upload`: pg_dump's own gzip */
  dumpGzip(key: string): Promise<Sample>
  /** `pg_dump -Fd -j2 -Z1`, then the upload of its folder */
  dumpFolder(prefix: string): Promise<Sample>
  /** The pipe of `dumpGzip`, started for another database; `onStart` hears the id of its process group. */
  startGzip(key: string, database: string, onStart: (pid: number) => void): Promise<unknown>
  /** Fetches and decompresses an archive into a local file, which the restores read. Not measured. */
  fetchArchive(key: string): Promise<void>
  /** `pg_restore -j` from the local file into a new database of the source's server, which is removed afterwards. */
  restoreNew(jobs: number): Promise<Sample>
  /** The same into a server that is made for it and removed, with the settings of Holdfast's sandbox. */
  restoreFresh(jobs: number): Promise<Sample>
  /** Removes the local files. */
  close(): Promise<void>
}

/** Settings of the sandbox (lib/engines/postgres/sandbox/start.ts): without them the plain way would sync its files. */
const sandboxSettings = {
  max_connections: '16',
  max_locks_per_transaction: '1024',
  shared_buffers: '96MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  jit: 'off',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  archive_mode: 'off',
}

export function plainTools(settings: BenchSettings, source: Server, bucket: string): PlainTools {
  const { endpoint, accessKeyId, secretAccessKey } = settings.s3
  const archive = path.join(settings.dataFolder, 'archive.dump')
  const folder = path.join(settings.dataFolder, 'folder-dump')
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
    ARCHIVE: archive,
    FOLDER: folder,
  }
  const bash = (
    script: string,
    more: Record<string, string>,
    onStart: (pid: number) => void = () => undefined,
    detached = false,
  ) => runTool('bash', ['-c', `set -euo pipefail; ${script}`], { env: { ...env, ...more }, onStart, detached })

  const upload = '"$NODE" "$CLIENT/upload.mjs" "$BUCKET" "$KEY"'
  const dump = (script: string, key: string) =>
    measurePlain(async (onStart) => {
      const variables = { KEY: key, PGPORT: String(source.port), PGDATABASE: benchDatabase }
      return { storedBytes: Number((await bash(script, variables, onStart)).trim()) }
    })

  const restore = (server: Server, database: string, jobs: number, onStart: (pid: number) => void) =>
    bash(
      `"$PG/pg_restore" --exit-on-error -j "$JOBS" -d "$TARGET" "$ARCHIVE"`,
      { PGPORT: String(server.port), TARGET: database, JOBS: String(jobs) },
      onStart,
    )

  return {
    dumpZstd: (key) => dump(`"$PG/pg_dump" -Fc -Z0 | zstd -q -c -3 | ${upload}`, key),
    dumpGzip: (key) => dump(`"$PG/pg_dump" -Fc | ${upload}`, key),
    async dumpFolder(prefix) {
      await rm(folder, { recursive: true, force: true })
      try {
        return await dump(
          `"$PG/pg_dump" -Fd -j2 -Z1 --no-sync -f "$FOLDER"; "$NODE" "$CLIENT/upload-folder.mjs" "$BUCKET" "$KEY" "$FOLDER"`,
          prefix,
        )
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    startGzip: (key, database, onStart) =>
      bash(
        `"$PG/pg_dump" -Fc | ${upload}`,
        { KEY: key, PGPORT: String(source.port), PGDATABASE: database },
        onStart,
        true,
      ),
    async fetchArchive(key) {
      await bash('"$NODE" "$CLIENT/download.mjs" "$BUCKET" "$KEY" | zstd -dc > "$ARCHIVE"', { KEY: key })
    },
    async restoreNew(jobs) {
      try {
        return await measurePlain(async (onStart) => {
          // A run that was cut short leaves its own behind in data that is kept.
          await source.query('DROP DATABASE IF EXISTS plain_restore')
          await source.query('CREATE DATABASE plain_restore TEMPLATE template0')
          await restore(source, 'plain_restore', jobs, onStart)
          return {}
        })
      } finally {
        await source.query('DROP DATABASE IF EXISTS plain_restore')
      }
    },
    async restoreFresh(jobs) {
      const fresh = path.join(settings.dataFolder, 'fresh')
      await rm(fresh, { recursive: true, force: true })
      try {
        return await measurePlain(async (onStart) => {
          const from = performance.now()
          const server = await startServer(settings.pgBin, fresh, sandboxSettings)
          try {
            const started = performance.now()
            await restore(server, 'postgres', jobs, onStart)
            const restored = performance.now()
            return { steps: { startMs: started - from, restoreMs: restored - started } }
          } finally {
            await server.stop()
          }
        })
      } finally {
        await rm(fresh, { recursive: true, force: true })
      }
    },
    async close() {
      await rm(archive, { force: true })
    },
  }
}
