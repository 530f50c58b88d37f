import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { withConnection } from '@/lib/engines/postgres/connect/connect'

const limitMs = 60_000
const pauseMs = 50

/** Resolves when the server answers; rejects when its process ends first. */
export async function waitUntilReady(source: SourceSpec, server: RunningCommand, run: RunContext): Promise<void> {
  const limit = AbortSignal.timeout(limitMs)
  const ended = server.exited.then(() => {
    throw new HoldfastError('sandbox-unavailable', 'The sandbox server ended right after its start.', {
      facts: { stderr: server.stderrTail() },
    })
  })
  let over = false
  const answers = async () => {
    while (!over) {
      run.signal.throwIfAborted()
      try {
        return await withConnection(source, run.signal, async (client) => void (await client.query('SELECT 1')))
      } catch (error) {
        if (limit.aborted) throw error
        await delay(pauseMs)
      }
    }
  }
  try {
    await Promise.race([answers(), ended])
  } finally {
    over = true
    ended.catch(() => undefined)
  }
}
