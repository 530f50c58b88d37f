import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { measurePlain, type Sample } from './measure'
import { runTool } from './run-tool'
import { startServer, unprivileged } from './server'
import type { BenchSettings } from './settings'

/** pgBackRest with a repository in a folder of this machine: no network, no encryption. */
export interface PgBackRest {
  /** For the source's server. */
  archiveCommand: string
  prepare(port: number): Promise<void>
  full(): Promise<Sample>
  /** The newest full backup with all of the archived log, to a server that can be written to. */
  restore(settings: Record<string, string>): Promise<Sample>
  close(): void
}

const stanza = 'bench'

export function openPgBackRest(settings: BenchSettings, dataDirectory: string): PgBackRest {
  const program = 'pgbackrest'
  const folder = path.join(settings.dataFolder, 'pgbackrest')
  const restored = path.join(settings.dataFolder, 'pgbackrest-restored')
  const user = unprivileged()
  const config = path.join(folder, 'pgbackrest.conf')
  const make = (...folders: string[]) => {
    for (const each of folders) {
      mkdirSync(each, { recursive: true })
      if (user.uid && user.gid) chownSync(each, user.uid, user.gid)
    }
  }
  rmSync(folder, { recursive: true, force: true })
  make(folder, ...['repo', 'log', 'lock', 'spool'].map((name) => path.join(folder, name)))
  const base = [`--config=${config}`, `--stanza=${stanza}`]
  const run = (args: string[], onStart: (pid: number) => void = () => undefined) =>
    runTool(program, [...base, ...args], { ...user, cwd: '/', env: { PGHOST: '127.0.0.1' }, onStart })
  return {
    archiveCommand: `${program} ${base.join(' ')} archive-push %p`,
    async prepare(port) {
      writeFileSync(
        config,
        [
          '[global]',
          `repo1-path=${path.join(folder, 'repo')}`,
          `log-path=${path.join(folder, 'log')}`,
          `lock-path=${path.join(folder, 'lock')}`,
          `spool-path=${path.join(folder, 'spool')}`,
          ...['log-level-file=off', 'start-fast=y', 'repo1-retention-full=1', 'process-max=2'],
          ...['compress-type=zst', 'compress-level=1'],
          `[${stanza}]`,
          `pg1-path=${dataDirectory}`,
          `pg1-port=${port}`,
          'pg1-user=postgres',
          '',
        ].join('\n'),
      )
      await run(['stanza-create'])
    },
    full: () =>
      measurePlain(async (onStart) => {
        await run(['--type=full', 'backup'], onStart)
        return {}
      }),
    async restore(serverSettings) {
      rmSync(restored, { recursive: true, force: true })
      const data = path.join(restored, 'data')
      make(restored, data)
      try {
        return await measurePlain(async (onStart) => {
          const from = performance.now()
          await run([`--pg1-path=${data}`, 'restore'], onStart)
          const fetched = performance.now()
          const server = await startServer(settings.pgBin, restored, serverSettings)
          try {
            for (;;) {
              const [row] = await server.query('SELECT pg_is_in_recovery() AS recovering')
              if (row?.['recovering'] === false) break
            }
            return { steps: { fetchMs: fetched - from, replayMs: performance.now() - fetched } }
          } finally {
            await server.stop()
          }
        })
      } finally {
        rmSync(restored, { recursive: true, force: true })
      }
    },
    close() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
