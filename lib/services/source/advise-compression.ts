import type { CompressionAdvice, MeasuredCompression } from '@/lib/contracts/compression-advice'
import { compressions } from '@/lib/contracts/engines/common'
import type { CommonOptions } from '@/lib/contracts/engines/common'
import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { compressionLevels, usableLevel } from '@/lib/core/compression/levels'
import { recommendCompression } from '@/lib/core/compression/recommend-compression'
import { toolPriority } from '@/lib/core/tool-priority'
import { requireCodec } from '@/lib/pipeline/codec-programs'
import { measureCompression } from '@/lib/pipeline/measure-compression'
import type { DumpSample } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from './find-source'
import { sourceSpec } from './source-spec'

const sampleBytes = 64 * 1024 * 1024
/** With less the start of a program weighs more than its work. */
const leastBytes = 1024 * 1024
const sampleLimitMs = 6_000
const candidateLimitMs = 1_500
/** All of it, also when everything is slow. */
const limitMs = 40_000

type Candidate = Pick<MeasuredCompression, 'compression' | 'level'>

const usual: Candidate[] = [
  ...[1, 2, 3, 6, 9].map((level) => ({ compression: 'zstd' as const, level })),
  { compression: 'lz4', level: 1 },
  { compression: 'gzip', level: 6 },
  { compression: 'xz', level: 1 },
]

/** One at a time in this process: the sample is held in memory, and two would measure each other. */
let measuring = false

/**
 * Measures compressions on a sample of the source's own data and recommends one. Changes nothing. It takes about 20 s,
 * loads the source like the beginning of a backup and this machine like one compressor. Throws `already-running`,
 * `sample-too-small`, and what `BackupMethod.sample` throws.
 */
export async function adviseCompression({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; signal?: AbortSignal }
}): Promise<CompressionAdvice> {
  permit(ctx.actor, 'operator')
  const spec = await sourceSpec(ctx, await findSource(ctx.db, input.id))
  const contract = engineContract(spec.engine)
  const method = ctx.engine(spec.engine).methods[contract.methods[0].kind]
  if (!method?.sample) {
    throw new HoldfastError('engine-unsupported', `Compressions cannot be measured on sources of ${contract.title}.`)
  }
  if (measuring) {
    throw new HoldfastError('already-running', 'Another source is being measured at this moment.', {
      remedy: 'Wait until it is done: it takes about 20 seconds.',
    })
  }
  measuring = true
  const run = briefRun(ctx, limitMs, input.signal)
  try {
    const started = performance.now()
    await recordAudit(ctx.db, ctx.actor, {
      action: 'source.measure-compression',
      subjectType: 'source',
      subjectId: spec.id,
    })
    const sample = await method.sample(spec, { bytes: sampleBytes, timeLimitMs: sampleLimitMs }, run)
    if (sample.bytes < leastBytes) throw tooSmall(sample)
    const { measured, unavailable } = await measureAll(spec.options, sample, run)
    const recommended = recommendCompression({
      measured,
      sourceBytesPerSecond: sample.bytesPerSecond,
      rateLimitBytesPerSecond: spec.options.rateLimitBytesPerSecond,
    })
    if (!recommended) throw new HoldfastError('command-missing', 'No compression could be measured on this machine.')
    const { compression, level, sentence, reason } = recommended
    return {
      sampleBytes: sample.bytes,
      tables: sample.tables,
      sourceBytesPerSecond: sample.bytesPerSecond,
      measured,
      unavailable,
      recommended: { compression, level },
      sentence,
      reason,
      durationMs: Math.round(performance.now() - started),
    }
  } catch (error) {
    if (!run.signal.aborted || input.signal?.aborted) throw error
    throw new HoldfastError('measuring-too-slow', `The source could not be measured within ${limitMs / 1_000} s.`, {
      remedy: 'The source or this machine is very busy. Try again at another time.',
      transient: true,
      cause: error,
    })
  } finally {
    measuring = false
  }
}

async function measureAll(options: CommonOptions, sample: DumpSample, run: RunContext) {
  const measured: MeasuredCompression[] = []
  for (const { compression, level } of candidates(options)) {
    if (missing(compression) !== null) continue
    const { inputBytes, outputBytes, durationMs } = await measureCompression(
      { compression, level, threads: options.compressionThreads, priority: toolPriority(options) },
      sample.pieces,
      candidateLimitMs,
      run,
    )
    measured.push({
      compression,
      level,
      ratio: inputBytes / outputBytes,
      bytesPerSecond: Math.round((inputBytes / durationMs) * 1_000),
      measuredBytes: inputBytes,
    })
  }
  const unavailable = compressions.flatMap((compression) => {
    const remedy = missing(compression)
    return remedy === null ? [] : [{ compression, remedy }]
  })
  return { measured, unavailable }
}

/** The usual ones, and what the source uses now when it is none of them. */
function candidates({ compression, compressionLevel }: CommonOptions): Candidate[] {
  if (compression === 'none') return usual
  const level = usableLevel(compression, compressionLevel)
  const known = usual.some((one) => one.compression === compression && one.level === level)
  return known ? usual : [...usual, { compression, level }]
}

function missing(compression: (typeof compressions)[number]): string | null {
  try {
    requireCodec(compression)
    return null
  } catch (error) {
    return error instanceof HoldfastError ? (error.remedy ?? error.message) : String(error)
  }
}

function tooSmall(sample: DumpSample): HoldfastError {
  const { usual: level } = compressionLevels.zstd
  return new HoldfastError('sample-too-small', 'This source holds too little data to measure a compression on.', {
    remedy: `Any will do for so little. Keep zstd ${level}, and measure again when it has grown.`,
    facts: { sampleBytes: sample.bytes },
  })
}
