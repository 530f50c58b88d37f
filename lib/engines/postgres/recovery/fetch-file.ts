import { constants, createWriteStream } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError, isTransient } from '@/lib/core/holdfast-error'
import { formatLsn } from '@/lib/core/log/lsn'
import { segmentStart, timelineHistoryName, timelineNumber } from '@/lib/core/log/wal-name'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { LogReader } from '@/lib/ports/log-reader'
import type { RunContext } from '@/lib/ports/run-context'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RecoveryFacts } from './facts'
import type { NeededSegments } from './needed-segments'
import { headerBytes, segmentTrouble } from './segment-trouble'

/** A store that is away is waited for this long. */
const usualPatienceMs = 15 * 60_000
const [firstPauseMs, longestPauseMs] = [500, 30_000]

export interface FetchOrder {
  log: LogReader
  plan: Pick<RecoveryPlan, 'path' | 'history'>
  facts: Pick<RecoveryFacts, 'identity' | 'segmentBytes'>
  confinement: Pick<Confinement, 'give' | 'user'>
  patienceMs?: number | undefined
}

/** `none`: there is certainly no such file that the plan counts on. */
export type Fetched = 'ready' | 'none'

/** Fetches a file of the log to its place, whole and checked, or rejects. */
export function fileFetcher(
  order: FetchOrder & { needed: NeededSegments; place: (name: string) => string },
  run: RunContext,
): (name: string) => Promise<Fetched> {
  const { log, plan, facts, confinement, needed, place, patienceMs = usualPatienceMs } = order

  const write = async (name: string, path: string): Promise<boolean> => {
    const stream = await log.fetch(name, run)
    if (!stream) return writeKnownHistory(name, path)
    await rm(path, { force: true })
    await pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o644 }), { signal: run.signal })
    return true
  }

  /** Without its history a server refuses a timeline, and the plan knows it. */
  const writeKnownHistory = async (name: string, path: string): Promise<boolean> => {
    const { timeline, ancestors } = plan.history
    if (name !== timelineHistoryName(timelineNumber(timeline))) return false
    const lines = ancestors.map((each) => `${timelineNumber(each.timeline)}\t${formatLsn(each.fork)}\tas planned\n`)
    await writeFile(path, lines.join(''), { mode: 0o644 })
    return true
  }

  /** Zeros are the end of the log for a server: what was stored after the plan was made is not part of it. */
  const checkSegment = async (name: string, number: number, path: string) => {
    const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
    try {
      const { size } = await handle.stat()
      const header = Buffer.alloc(headerBytes)
      await handle.read(header, 0, headerBytes, 0)
      const start = segmentStart(number, facts.segmentBytes)
      const trouble =
        size === facts.segmentBytes
          ? segmentTrouble(header, { ...facts, timeline: name.slice(0, 8), start })
          : `it has ${size} bytes instead of ${facts.segmentBytes}`
      if (trouble) throw damaged(name, trouble)
      const bytes = needed.bytesOf(number)
      if (bytes === size) return
      await handle.truncate(bytes)
      await handle.truncate(size)
    } finally {
      await handle.close()
    }
  }

  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        return await work()
      } catch (error) {
        if (!isTransient(error) || performance.now() - began + pauseMs > patienceMs) throw error
        run.logger.warn('the stored log cannot be read for now', { error: String(error), pauseMs })
        await delay(pauseMs, undefined, { signal: run.signal })
      }
    }
  }

  return async (name) => {
    const number = needed.numberOf(name)
    if (number !== null && needed.bytesOf(number) === 0) return 'none'
    const path = place(`.${name}`)
    try {
      if (!(await patiently(() => write(name, path)))) {
        if (needed.named(name)) throw missing(name)
        return 'none'
      }
      if (number !== null) await checkSegment(name, number, path)
      if (confinement.user.kind !== 'sub') await confinement.give(path)
      await rename(path, place(name))
      return 'ready'
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }
}

function missing(name: string): HoldfastError {
  return new HoldfastError('recovery-failed', `The segment ${name} of the log is needed, and is not stored.`, {
    remedy: 'Ask for the windows of the source again: the segment was counted on when the recovery was planned.',
    facts: { segment: name },
  })
}

function damaged(name: string, trouble: string): HoldfastError {
  return new HoldfastError('object-damaged', `The segment ${name} of the log is not what it must be: ${trouble}.`, {
    facts: { segment: name },
  })
}
