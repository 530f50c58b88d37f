import { join } from 'node:path'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import type { Settings } from '@/lib/engines/postgres/connect/session-settings'

/** What the server itself needs to know of its sandbox. */
export interface ServerPlan {
  serverMajor: number
  /** Tables and other relations, for the size of the lock table. */
  relationCount: number
  /** Libraries that the server loads at its start, as settings. */
  preload?: (server: Installation) => Settings
}

interface Start {
  server: Installation
  data: string
  sockets: string
  port: number
  plan: ServerPlan
  confinement: Confinement
}

/** The sandbox's server, confined, with settings for data that is thrown away. */
export function startServer(start: Start, run: RunContext): RunningCommand {
  const { server, data, confinement } = start
  const args = Object.entries(settingsOf(start)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const spec = { file: join(server.folder, 'postgres'), args: ['-D', data, ...args], env: { LC_ALL: 'C' } }
  const postgres = runCommand(confinement.command(spec, { write: [data, start.sockets] }), run)
  postgres.stdout.resume()
  return postgres
}

function settingsOf({ server, sockets, port, plan }: Start): Record<string, string | number> {
  return {
    listen_addresses: '',
    unix_socket_directories: sockets,
    port,
    max_connections: 16,
    // pg_dump and pg_restore lock every relation once; the lock table holds this number times the connections.
    max_locks_per_transaction: Math.max(256, Math.ceil((plan.relationCount * 2) / 16)),
    shared_buffers: '96MB',
    maintenance_work_mem: '128MB',
    work_mem: '16MB',
    // Shared memory in files of the data folder: the machine's own is not the sandbox's to fill.
    dynamic_shared_memory_type: 'mmap',
    // Compiling costs memory and time that the few large questions of a restore test do not give back.
    jit: 'off',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '1GB',
    archive_mode: 'off',
    autovacuum: 'off',
    max_logical_replication_workers: 0,
    logging_collector: 'off',
    log_statement: 'none',
    log_min_messages: 'fatal',
    // What is restored must not run by itself.
    ...(plan.serverMajor >= 17 ? { event_triggers: 'off' } : {}),
    ...plan.preload?.(server),
  }
}
