import { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'

/** What one sink may lag behind the others before it slows them down. */
const sinkBufferBytes = 2 * 1024 * 1024

/** One receiver of the stream. `consume` reads the body to its end; it must reject when the body fails. */
export interface Sink<T> {
  id: string
  consume: (body: Readable) => Promise<T>
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

  /** Resolves when the buffer has room, or when nobody reads any more. */
  space(): Promise<void> | null {
    if (this.hungry || this.destroyed) return null
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
    this.settled = this.run()
  }

  private async run(): Promise<void> {
    try {
      const value = await this.sink.consume(this.body)
      this.outcome = this.body.readableEnded ? { ok: true, value } : { ok: false, error: endedEarly(this.sink.id) }
    } catch (error) {
      this.outcome = { ok: false, error }
    }
    this.body.destroy()
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
 * error, so that no sink can take it for the end, and rejects with that error once all sinks have let go.
 */
export async function fanOut<T>(
  source: Readable,
  sinks: readonly Sink<T>[],
  run: Pick<RunContext, 'signal'>,
): Promise<Map<string, SinkOutcome<T>>> {
  const onAbort = () => source.destroy(asError(run.signal.reason))
  if (run.signal.aborted) onAbort()
  run.signal.addEventListener('abort', onAbort, { once: true })
  const feeds = sinks.map((sink) => new Feed(sink))
  try {
    for await (const chunk of source) {
      const live = feeds.filter((feed) => feed.isLive)
      for (const feed of live) feed.body.offer(chunk)
      const waits = live.map((feed) => feed.body.space()).filter((wait) => wait !== null)
      if (waits.length > 0) await Promise.all(waits)
      if (!feeds.some((feed) => feed.isLive)) break
    }
    for (const feed of feeds) if (feed.isLive) feed.body.push(null)
  } catch (error) {
    for (const feed of feeds) feed.body.destroy(asError(error))
    await Promise.all(feeds.map((feed) => feed.settled))
    throw error
  } finally {
    run.signal.removeEventListener('abort', onAbort)
  }
  // From here an abort can only reach the sinks through their own signal.
  await Promise.all(feeds.map((feed) => feed.settled))
  return new Map(feeds.map((feed) => [feed.sink.id, feed.outcome ?? { ok: false, error: endedEarly(feed.sink.id) }]))
}
