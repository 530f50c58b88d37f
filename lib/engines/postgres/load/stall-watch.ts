import type { SourceSpec } from '@/lib/ports/source-spec'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { connectionOf, withMaintenance } from '@/lib/engines/postgres/connect/connect'
import { postgresOptions } from '@/lib/engines/postgres/connect/options'

/** A tool that moves nothing for so long is asked after. */
const defaultLimitMs = 10 * 60_000
const askMs = 10_000
const fewestLooks = 2

/** How a dead connection is distinguished from one on which the server is busy. */
export interface StallWatch {
  limitMs: number
  /** True when the server works on a query of Holdfast's, rather than waiting for it. Rejects when it cannot be asked. */
  isWorking(): Promise<boolean>
}

/** `database` is the one that the tool is connected to; the source's own when absent. */
export function watchStalls(source: SourceSpec, database = connectionOf(source).database): StallWatch {
  return {
    limitMs: postgresOptions(source).stallTimeoutMs ?? defaultLimitMs,
    isWorking: () =>
      withMaintenance(source, AbortSignal.timeout(askMs), async (client) => {
        // A session that waits for its client cannot send or receive: with a live network, the client would do its part.
        const { rows } = await client.query(
          `SELECT FROM pg_stat_activity
            WHERE datname = $1 AND usename = current_user AND application_name = 'holdfast' AND pid <> pg_backend_pid()
              AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'`,
          [database],
        )
        return rows.length > 0
      }),
  }
}

export interface Watched {
  /** Bytes moved so far. */
  bytes(): number
  /** True while somebody else is waited for: the store that reads, or the one that delivers. */
  isHeldBack(): boolean
  onStall(error: HoldfastError): void
}

/**
 * Watches a tool's stream. A firewall that forgot a connection, or a host that vanished, leaves both ends waiting: no
 * error ever comes from the network. `onStall` hears once that nothing moved for the limit although nobody held it
 * back, and that the server, asked over a new connection, waits as well. Answers how to stop watching.
 */
export function watchForStall(stall: StallWatch, watched: Watched): () => void {
  let seen = watched.bytes()
  let since = performance.now()
  let looks = 0
  let busy = false
  const moved = () => {
    seen = watched.bytes()
    since = performance.now()
    looks = 0
  }
  const look = async () => {
    if (watched.bytes() !== seen || watched.isHeldBack()) return moved()
    if (performance.now() - since < stall.limitMs) return
    if (await stall.isWorking().catch(() => false)) return moved()
    looks += 1
    // Between two statements the server waits for a moment, rightly.
    if (looks < fewestLooks || watched.bytes() !== seen) return
    stop()
    watched.onStall(stalled(performance.now() - since))
  }
  const timer = setInterval(
    () => {
      if (busy) return
      busy = true
      look()
        .catch(() => undefined)
        .finally(() => (busy = false))
    },
    Math.min(15_000, Math.max(100, stall.limitMs / 8)),
  )
  timer.unref()
  const stop = () => clearInterval(timer)
  return stop
}

function stalled(silentMs: number): HoldfastError {
  const seconds = Math.round(silentMs / 1000)
  return new HoldfastError(
    'source-stalled',
    `Nothing came from or went to the server for ${seconds} s, and it is not working on any of Holdfast's queries: the connection is dead.`,
    {
      remedy: 'Look for a firewall or proxy between this machine and the server that drops connections it deems idle.',
      facts: { silentMs: Math.round(silentMs) },
      transient: true,
    },
  )
}
