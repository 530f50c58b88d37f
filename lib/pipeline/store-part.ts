import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Progress } from '@/lib/contracts/job'
import type { Compression } from '@/lib/contracts/engines/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Priority } from '@/lib/core/tool-priority'
import type { RunContext } from '@/lib/ports/run-context'
import type { StoredObject } from '@/lib/ports/storage'
import { requireCodec } from './codec-programs'
import { type Compressing, compress } from './compress'
import { EndGate } from './end-gate'
import { type Sink, type SinkOutcome, fanOut } from './fan-out'
import { FirstFailure } from './first-failure'
import { CountStage, HashStage } from './hash'
import type { StreamPace } from './pace'
import { ProgressMeter } from './progress-meter'
import { type Throttle, ThrottleStage } from './throttle'

/** `sha256`: see `PutOptions`. */
export interface StoringSink extends Omit<Sink<StoredObject>, 'consume'> {
  consume(body: Readable, sha256: () => string): Promise<StoredObject>
}

export interface StorePartInput {
  /**
   * Starts the producer. The run given to it is aborted as soon as anything else fails, so that the producer ends at
   * once and not at its next write.
   */
  produce: (run: RunContext) => { stream: Readable; finished: Promise<void> }
  compression: Compression
  compressionLevel: number
  /** Of one compressor; 1 when absent. */
  compressionThreads?: number | undefined
  /** False: the plain bytes are only counted. */
  hashesSource?: boolean | undefined
  /** See `CompressOptions`. */
  seekable?: boolean | undefined
  /** Of the compressor; the producer's is the engine's business. */
  priority?: Priority | undefined
  /** Makes the stage that encrypts, before the producer starts; null: stored without encryption. */
  encrypt: (() => Promise<Transform>) | null
  /** Ceiling on the rate of stored bytes, which parts may share. */
  throttle?: Throttle | undefined
  /** Estimate of the source bytes, for progress. */
  expectedBytes?: number | undefined
  /** Hears progress in source bytes, at most twice a second; `run.progress` when absent. */
  onProgress?: (progress: Progress) => void
  sinks: StoringSink[]
  /** Hears whom the stream waits for. */
  pace?: StreamPace
  /** Called when the producer was successful to its end and all of it was read; the sinks may still be storing it. */
  onRead?: () => void
}

export interface StoredPart {
  sourceBytes: number
  /** Null when it was not to be hashed. */
  sourceSha256: string | null
  storedBytes: number
  storedSha256: string
  /** By sink id. When none is ok, sizes and hashes cover only what was read until the last sink failed. */
  outcomes: Map<string, SinkOutcome<StoredObject>>
}

/**
 * Producer -> hash -> compress -> encrypt -> hash -> throttle -> sinks.
 *
 * A sink sees the end of its body only after the producer and the compressor were successful to their end and wrote
 * something; else every body fails, so that nothing half can be stored as whole. Rejects with the first cause; when it
 * settles, every process it started has ended. Failed sinks are outcomes, not rejections.
 */
export async function storePart(input: StorePartInput, run: RunContext): Promise<StoredPart> {
  // Before the producer starts: no dump is worth beginning that cannot be compressed.
  requireCodec(input.compression)
  const encrypt = input.encrypt ? [await input.encrypt()] : []
  const failure = new FirstFailure()
  const inner: RunContext = { ...run, signal: AbortSignal.any([run.signal, failure.signal]) }
  inner.signal.throwIfAborted()

  const meter = new ProgressMeter({
    phase: 'uploading',
    totalBytes: input.expectedBytes,
    report: input.onProgress ?? ((progress) => run.progress(progress)),
  })
  const produced = input.produce(inner)
  failure.watch(produced.finished)
  const sourceHash = new (input.hashesSource === false ? CountStage : HashStage)((bytes) => meter.update(bytes))
  failure.watch(pipeline(produced.stream, sourceHash, { signal: inner.signal }))
  const compressed = startCompression(input, sourceHash, inner, failure)
  const storedHash = new HashStage()
  const throttle = input.throttle ? [new ThrottleStage(input.throttle)] : []
  const gate = new EndGate(async () => {
    await produced.finished
    await compressed.finished
    if (sourceHash.bytes === 0) throw nothingProduced()
    input.onRead?.()
  })
  failure.watch(pipeline([compressed.stream, ...encrypt, storedHash, ...throttle, gate], { signal: inner.signal }))
  failure.signal.addEventListener('abort', () => gate.destroy(failure.signal.reason), { once: true })

  let outcomes: StoredPart['outcomes'] | null = null
  let sourceError: unknown
  try {
    const sinks = input.sinks.map((sink) => ({
      ...sink,
      consume: (body: Readable) => sink.consume(body, () => storedHash.sha256()),
    }))
    outcomes = await fanOut(gate, sinks, inner, input.pace)
  } catch (error) {
    sourceError = error
  }
  if (![...(outcomes?.values() ?? [])].some((outcome) => outcome.ok)) failure.stop()
  await failure.settled()
  run.signal.throwIfAborted()
  // Every body failed because the source did: its story counts, not what the sinks made of it.
  if (outcomes === null) throw failure.cause ?? sourceError

  const stored = { storedBytes: storedHash.bytes, storedSha256: storedHash.sha256() }
  for (const [id, outcome] of outcomes) {
    if (outcome.ok && !isSame(outcome.value, stored))
      outcomes.set(id, { ok: false, error: differs(outcome.value, stored) })
  }
  return { sourceBytes: sourceHash.bytes, sourceSha256: sourceHash.sha256(), ...stored, outcomes }
}

function startCompression(
  input: StorePartInput,
  source: Readable,
  run: RunContext,
  failure: FirstFailure,
): Compressing {
  const options = {
    compression: input.compression,
    level: input.compressionLevel,
    threads: input.compressionThreads,
    priority: input.priority,
    seekable: input.seekable,
  }
  let compressed: Compressing
  try {
    compressed = compress(options, source, run)
  } catch (error) {
    // The producer already runs and has to be ended first; this failure takes the way of all others.
    compressed = { stream: source, finished: Promise.reject(error) }
  }
  failure.watch(compressed.finished)
  return compressed
}

function nothingProduced(): HoldfastError {
  return new HoldfastError('producer-truncated', 'The dump tool reported success but wrote nothing', {
    remedy: 'Run the tool by hand with the same options and look at what it writes.',
  })
}

function isSame(object: StoredObject, stored: { storedBytes: number; storedSha256: string }): boolean {
  return object.sizeBytes === stored.storedBytes && object.sha256 === stored.storedSha256
}

function differs(object: StoredObject, stored: { storedBytes: number; storedSha256: string }): HoldfastError {
  return new HoldfastError(
    'object-damaged',
    `The destination holds something other than what was sent (${object.key})`,
    {
      facts: { key: object.key, sent: stored, held: { storedBytes: object.sizeBytes, storedSha256: object.sha256 } },
    },
  )
}
