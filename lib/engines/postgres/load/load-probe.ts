import { readFile } from 'node:fs/promises'
import type { Client } from 'pg'
import type { Load } from './next-pace'

interface Counters {
  at: number
  transactions: number
  cpu: { idle: number; total: number } | null
}

/** Looks at a server's load, cheaply enough for once a second; the first look has nothing to compare with. */
export class LoadProbe {
  private before: Counters | null = null

  private constructor(
    private readonly client: Client,
    private readonly local: boolean,
    /** The role may not see what others do, only that the server counts transactions. */
    readonly blind: boolean,
  ) {}

  static async open(client: Client): Promise<LoadProbe> {
    const { rows } = await client.query<{ pid: number; seeing: boolean }>(
      `SELECT pg_backend_pid() AS pid, pg_has_role('pg_read_all_stats', 'USAGE') AS seeing`,
    )
    return new LoadProbe(client, await isOurs(rows[0]?.pid ?? 0), rows[0]?.seeing !== true)
  }

  /** Null at the first look. */
  async look(): Promise<Load | null> {
    const { rows } = await this.client.query<{ active: number; transactions: number }>(
      // A transaction of short statements is seldom met while one runs, so those that paused just now count too.
      `SELECT (SELECT count(*)::int FROM pg_stat_activity
                WHERE backend_type = 'client backend' AND application_name <> 'holdfast'
                  AND (state = 'active' OR state LIKE 'idle in transaction%' AND state_change > now() - interval '1 s')
              ) AS active,
              (SELECT sum(xact_commit + xact_rollback)::float8 FROM pg_stat_database) AS transactions`,
    )
    const counters: Counters = {
      at: performance.now(),
      transactions: rows[0]?.transactions ?? 0,
      cpu: this.local ? await readCpu() : null,
    }
    const before = this.before
    this.before = counters
    if (!before) return null
    const seconds = Math.max(0.001, (counters.at - before.at) / 1_000)
    return {
      activeSessions: rows[0]?.active ?? 0,
      transactionsPerSecond: Math.max(0, counters.transactions - before.transactions) / seconds,
      cpuIdle: idleShare(before.cpu, counters.cpu),
    }
  }
}

/**
 * Whether the server runs on this machine. Addresses do not tell: a tunnel or a pooler has local ones at both its ends.
 * A server in another container counts as elsewhere.
 */
async function isOurs(backendPid: number): Promise<boolean> {
  try {
    return (await readFile(`/proc/${backendPid}/cmdline`, 'latin1')).startsWith('postgres:')
  } catch {
    return false
  }
}

async function readCpu(): Promise<{ idle: number; total: number } | null> {
  try {
    const line = (await readFile('/proc/stat', 'latin1')).split('\n', 1)[0] ?? ''
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, stolen = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number)
    // Waiting for the disk is not idle: the disk is what is scarce then.
    return { idle, total: user + nice + system + idle + wait + irq + softIrq + stolen }
  } catch {
    return null
  }
}

function idleShare(before: Counters['cpu'], after: Counters['cpu']): number | null {
  if (!before || !after || after.total <= before.total) return null
  return (after.idle - before.idle) / (after.total - before.total)
}
