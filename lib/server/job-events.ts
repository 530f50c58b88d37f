import type { Job } from '@/lib/contracts/job'
import { isTerminal } from '@/lib/core/job/transition'
import type { ServiceContext } from '@/lib/services/context'
import { getJob } from '@/lib/services/job/get-job'
import { authenticate } from './sign-in/authenticate'
import { container } from './container'
import type { JobWatch } from './job-watch'

/** Proxies close silent connections. The reader's permission is also checked again at each heartbeat. */
const heartbeatMs = 15_000

/**
 * A job's progress as server-sent events: `event: progress` with the job whenever it changed, until it has ended.
 * Throws `not-found` and `too-many-streams` before the stream begins.
 */
export async function jobEvents(ctx: ServiceContext, id: string, request: Request): Promise<Response> {
  const { jobWatch } = await container()
  const first = await getJob({ ctx, input: { id } })
  const giveBack = jobWatch.takePlace(ctx.actor)
  // A client that went away without having read its stream to the end may be noticed by this alone.
  request.signal.addEventListener('abort', giveBack, { once: true })
  if (request.signal.aborted) giveBack()
  const events = progressEvents(jobWatch, first, request)
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await events.next()
        if (!next.done) return controller.enqueue(encoder.encode(next.value))
        giveBack()
        controller.close()
      } catch (error) {
        giveBack()
        throw error
      }
    },
    async cancel() {
      giveBack()
      await events.return()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } })
}

async function* progressEvents(watch: JobWatch, first: Job, request: Request): AsyncGenerator<string, void, void> {
  let shown = ''
  let job: Job | null = first
  let beatAt = Date.now() + heartbeatMs
  while (job && !request.signal.aborted) {
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
    job = await watch.next(job.id)
  }
}
