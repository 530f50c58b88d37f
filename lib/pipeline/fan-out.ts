import { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { StreamPace } from './pace'

/** What one sink may lag behind the others before it slows them down. */
const sinkBufferBytes = 2 * 1024 * 1024

/** One receiver of the stream. `consume` reads the body to its end; it must reject when the body fails. */
export interface Sink<T> {
  id: string
  consume: (body: Readable) => Promise<T>
  /**
   * Aborted when nobody wants the sink any more: it is let go of at once, with the reason as its error, and its end is
   * its owner's business; the others do not wait for it.
   */
  leave?: AbortSignal
}

export type SinkOutcome<T> = { ok: true; value: T } | { ok: false; error: unknown }

/** The stream as one sink sees it. */
class SinkBody extends Readable {
  private hungry = true
  private wake: (() => void) | null = null

  constructor() {
    super({ highWaterMark: sinkBufferBytes })
    // A sink that already gave up does not hear this any more; that must not bring the process down.
    this.on('error', () => undefined)
    this.on('close', () => this.signalSpace())
  }

  override _read(): void {
    this.signalSpace()
  }

  offer(chunk: Buffer): void {
    this.hungry = this.push(chunk)
  }

  get hasRoom(): boolean {
    return this.hungry || this.destroyed
  }

  /** Resolves when the buffer has room, or when nobody reads any more. */
  space(): Promise<void> {
    if (this.hasRoom) return Promise.resolve()
    return new Promise((resolve) => (this.wake = resolve))
  }

  private signalSpace(): void {
    this.hungry = true
    this.wake?.()
    this.wake = null
  }
}

class Feed<T> {
  readonly body = new SinkBody()
  readonly settled: Promise<void>
  outcome: SinkOutcome<T> | null = null

  constructor(readonly sink: Sink<T>) {
    this.settled = Promise.race([this.run(), this.left()])
  }

  private async run(): Promise<void> {
    try {
      const value = await this.sink.consume(this.body)
      this.outcome ??= this.body.readableEnded ? { ok: true, value } : { ok: false, error: endedEarly(this.sink.id) }
    } catch (error) {
      this.outcome ??= { ok: false, error }
    }
    this.body.destroy()
  }

  private left(): Promise<void> {
    const { leave } = this.sink
    return new Promise((resolve) => {
      const letGo = () => {
        this.outcome ??= { ok: false, error: leave?.reason }
        this.body.destroy(asError(leave?.reason))
        resolve()
      }
      if (leave?.aborted) letGo()
      leave?.addEventListener('abort', letGo, { once: true })
    })
  }

  get isLive(): boolean {
    return this.outcome === null && !this.body.destroyed
  }
}

function endedEarly(id: string): HoldfastError {
  return new HoldfastError('storage-failed', 'The destination reported success before it had read all of the data', {
    facts: { sink: id },
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

/**
 * Gives every sink the whole stream, at the pace of the slowest. A sink that fails is left out and the others go on;
 * when all have failed the source is destroyed and the outcomes tell why. A failing source destroys every body with its
 * error, so that no sink can take it for the end, and rejects with that error once all sinks have let go. `pace` hears
 * whom the stream waits for, so that somebody can decide to leave a sink that is too slow.
 */
export async function fanOut<T>(
  source: Readable,
  sinks: readonly Sink<T>[],
  run: Pick<RunContext, 'signal'>,
  pace?: StreamPace,
): Promise<Map<string, SinkOutcome<T>>> {
  const onAbort = () => source.destroy(asError(run.signal.reason))
  if (run.signal.aborted) onAbort()
  run.signal.addEventListener('abort', onAbort, { once: true })
  const feeds = sinks.map((sink) => new Feed(sink))
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const live = feeds.filter((feed) => feed.isLive)
      for (const feed of live) feed.body.offer(chunk)
      pace?.took(chunk.length)
      await roomInAll(live, pace)
      if (!feeds.some((feed) => feed.isLive)) break
    }
    for (const feed of feeds) if (feed.isLive) feed.body.push(null)
  } catch (error) {
    pace?.end()
    for (const feed of feeds) feed.body.destroy(asError(error))
    await Promise.all(feeds.map((feed) => feed.settled))
    throw error
  } finally {
    run.signal.removeEventListener('abort', onAbort)
  }
  // From here an abort can only reach the sinks through their own signal.
  await endOfAll(feeds, pace)
  pace?.end()
  return new Map(feeds.map((feed) => [feed.sink.id, feed.outcome ?? { ok: false, error: endedEarly(feed.sink.id) }]))
}

/** Waits until every sink that still reads can take more. */
function roomInAll<T>(feeds: readonly Feed<T>[], pace: StreamPace | undefined): Promise<void> {
  return waitForAll(feeds, pace, {
    isWaitedFor: (feed) => !feed.body.hasRoom,
    isAhead: (feed) => feed.isLive && feed.body.hasRoom,
    next: (feed) => feed.body.space(),
  })
}

/** Waits until every sink has stored what it was given. */
function endOfAll<T>(feeds: readonly Feed<T>[], pace: StreamPace | undefined): Promise<void> {
  return waitForAll(feeds, pace, {
    isWaitedFor: (feed) => feed.outcome === null,
    isAhead: (feed) => feed.outcome?.ok === true,
    next: (feed) => feed.settled,
  })
}

async function waitForAll<T>(
  feeds: readonly Feed<T>[],
  pace: StreamPace | undefined,
  on: {
    isWaitedFor(feed: Feed<T>): boolean
    isAhead(feed: Feed<T>): boolean
    /** Resolves when it may no longer be waited for. */
    next(feed: Feed<T>): Promise<void>
  },
): Promise<void> {
  let waited = feeds.filter(on.isWaitedFor)
  if (waited.length === 0) return
  while (waited.length > 0) {
    pace?.waitsFor(feeds.some(on.isAhead) ? waited.map((feed) => feed.sink.id) : [])
    await Promise.race(waited.map(on.next))
    waited = feeds.filter(on.isWaitedFor)
  }
  pace?.waitsFor([])
}
