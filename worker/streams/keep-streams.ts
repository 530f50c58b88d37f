import { setTimeout as sleep } from 'node:timers/promises'
import { toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { claimStreams, type ClaimedStream } from '@/lib/services/log/claim-streams'
import { closeWindow } from '@/lib/services/log/close-window'
import { endStream } from '@/lib/services/log/end-stream'
import { beatStream } from '@/lib/services/log/hold-stream'
import { releaseStream } from '@/lib/services/log/release-stream'
import { RunAbort } from '../run-abort'
import { runStream } from './run-stream'
import type { RunningStream } from './running-stream'

const roundMs = 2_000
const atOnce = 10

interface Held {
  claim: ClaimedStream
  controller: AbortController
  stream: RunningStream | null
  done: Promise<void>
}

const nothingYet = {
  serverPosition: null,
  receivedPosition: null,
  lagBytes: null,
  unstoredSince: null,
  coveredUntil: null,
}

/** Followers of logs, beside the jobs: each source's is held by one worker at a time, until it is switched off or the worker stops. */
export function keepStreams(ctx: ServiceContext, workerId: string): { stop(): Promise<void> } {
  const held = new Map<string, Held>()
  const stopping = new AbortController()

  const follow = async (claim: ClaimedStream, controller: AbortController, mine: { stream: RunningStream | null }) => {
    const logger = ctx.logger.child({ sourceId: claim.sourceId })
    const run: RunContext = { signal: controller.signal, logger, clock: ctx.clock, progress: () => undefined }
    try {
      if (claim.ending) return await endStream(ctx, claim, run)
      await runStream({ ctx, claim, running: (stream) => (mine.stream = stream) }, run)
      await releaseStream(ctx.db, claim, null)
    } catch (error) {
      if (controller.signal.aborted) {
        const reason: unknown = controller.signal.reason
        if (reason instanceof RunAbort && reason.kind === 'lease-lost') return
        return await releaseStream(ctx.db, claim, null)
      }
      const failure = toFailure(error)
      logger.warn('the log of a source is not followed', { ...failure })
      if (failure.code === 'log-gap')
        await closeWindow(ctx.db, claim, { because: failure.message, now: ctx.clock.now() })
      await releaseStream(ctx.db, claim, failure)
    }
  }

  const start = (claim: ClaimedStream) => {
    const controller = new AbortController()
    const mine: Held = { claim, controller, stream: null, done: Promise.resolve() }
    mine.done = follow(claim, controller, mine)
      .catch((error: unknown) => ctx.logger.error('a stream could not be given back', { error: String(error) }))
      .finally(() => {
        if (held.get(claim.sourceId) === mine) held.delete(claim.sourceId)
      })
    held.set(claim.sourceId, mine)
  }

  const round = async () => {
    for (const { claim, controller, stream } of held.values()) {
      const asked = await beatStream(ctx.db, claim, stream?.facts() ?? nothingYet)
      if (asked === null) controller.abort(new RunAbort('lease-lost'))
      else if (asked.ending && !claim.ending) controller.abort(new RunAbort('cancelled'))
      else stream?.want(asked.wantedOrder)
    }
    for (const claim of await claimStreams(ctx.db, { workerId, limit: atOnce })) {
      held.get(claim.sourceId)?.controller.abort(new RunAbort('lease-lost'))
      start(claim)
    }
  }

  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) =>
        ctx.logger.warn('the catalog does not answer for the streams', { error: String(error) }),
      )
      await sleep(roundMs, null, { signal: stopping.signal }).catch(() => undefined)
    }
  })()

  return {
    async stop() {
      stopping.abort()
      await rounds
      for (const { controller } of held.values()) controller.abort(new RunAbort('shutdown'))
      await Promise.all([...held.values()].map(({ done }) => done))
    },
  }
}
