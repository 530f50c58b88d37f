import { setTimeout as wait } from 'node:timers/promises'
import type { Job } from '@/lib/contracts/job'
import { isTerminal } from '@/lib/core/job/transition'
import type { ServiceContext } from '@/lib/services/context'
import { getJob } from '@/lib/services/job/get-job'
import { authenticate } from './authenticate'

const pollMs = 500
/** Silence makes proxies hang up; and whoever lost the right to look is noticed by then. */
const heartbeatMs = 15_000

/**
 * A job's progress as server-sent events: `event: progress` with the job whenever it changed, until it has ended.
 * Throws `not-found` before the stream begins.
 */
export async function jobEvents(ctx: ServiceContext, id: string, request: Request): Promise<Response> {
  const first = await getJob({ ctx, input: { id } })
  const events = progressEvents(ctx, first, request)
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await events.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await events.return()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } })
}

async function* progressEvents(ctx: ServiceContext, first: Job, request: Request): AsyncGenerator<string, void, void> {
  let shown = ''
  let job = first
  let beatAt = Date.now() + heartbeatMs
  while (!request.signal.aborted) {
    const data = JSON.stringify(job)
    if (data !== shown) {
      shown = data
      yield `event: progress\ndata: ${data}\n\n`
    }
    if (isTerminal(job.state)) return
    if (Date.now() >= beatAt) {
      beatAt = Date.now() + heartbeatMs
      const stillIn = await authenticate(request).catch(() => null)
      if (!stillIn) return
      yield ': still here\n\n'
    }
    await wait(pollMs, undefined, { signal: request.signal }).catch(() => undefined)
    if (request.signal.aborted) return
    job = await getJob({ ctx, input: { id: job.id } })
  }
}
