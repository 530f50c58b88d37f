import type { Transform } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { errorText } from '@/lib/engines/postgres/classify-error'
import { connect } from '@/lib/engines/postgres/connect/connect'
import { GentleStage, Pace } from './gentle-stage'
import { LoadProbe } from './load-probe'
import { type Manners, nextPace } from './next-pace'

const lookEveryMs = 1_000
/** An answer that takes this long says that the server is busy. */
const lateAfterMs = 3_000

/** Keeps a backup out of the way of whatever else its server does. */
export interface LoadWatch {
  warnings: string[]
  /** A stage for one stream of the backup; all of them share one pace. */
  stage(): Transform
  /** Bytes of dump per second at the moment. */
  pace(): number
  /** Stops looking and closes its connection. */
  stop(): Promise<void>
}

/**
 * Looks at the load of the server once a second, in a connection of its own, and sets the pace of the backup by it. While
 * it cannot look the pace is the slowest: a server without a free connection is not one to be hurried. Rejects only with
 * the signal's reason.
 */
export async function startLoadWatch(source: SourceSpec, manners: Manners, run: RunContext): Promise<LoadWatch> {
  const stopping = new AbortController()
  const signal = AbortSignal.any([run.signal, stopping.signal])
  const pace = new Pace(manners.start)
  const slow = () => (pace.bytesPerSecond = manners.slowest)
  let client: Client | null = null
  let probe: LoadProbe | null = null
  const warnings = new Set<string>()
  const close = async () => {
    probe = null
    await client?.end().catch(() => undefined)
    client = null
  }
  const look = async () => {
    const late = setTimeout(slow, lateAfterMs)
    try {
      client ??= await connect(source, signal)
      probe ??= await LoadProbe.open(client)
      if (probe.blind) warnings.add(blindWarning(source))
      const load = await probe.look()
      if (load) pace.bytesPerSecond = nextPace(pace.bytesPerSecond, load, manners)
    } catch (error) {
      slow()
      await close()
      if (!signal.aborted) run.logger.debug('the load of the server could not be read', { reason: errorText(error) })
    } finally {
      clearTimeout(late)
    }
  }
  await look()
  const looking = repeat(look, signal)
  if (run.signal.aborted) {
    await looking
    await close()
    run.signal.throwIfAborted()
  }
  return {
    warnings: [...warnings],
    stage: () => new GentleStage(pace),
    pace: () => pace.bytesPerSecond,
    async stop() {
      stopping.abort()
      await looking
      await close()
    },
  }
}

async function repeat(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) await look()
  }
}

function blindWarning(source: SourceSpec): string {
  const { user } = source.connection
  return `The backup sees only that the server works, not who: to be paced by it, grant pg_read_all_stats to ${String(user)}.`
}
