import { setTimeout as delay } from 'node:timers/promises'
import type { Child } from './child'

const CALM_MS = 60_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000

/** How long to wait before the next start, from when the last ones ended: quick at first, patient when it keeps failing. */
export function restartDelay(endedAt: number[], now: number): number {
  const recent = endedAt.filter((at) => now - at < CALM_MS).length
  if (recent >= 5) return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** recent)
  return FIRST_WAIT_MS * Math.max(1, recent)
}

export interface KeptRunning {
  /** The pid of the present run, 0 between two. */
  pid(): number
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>
}

/** Starts again whatever ends by itself, for as long as it takes; each restart is logged. */
export function keepRunning(name: string, start: () => Child, warn: (line: string) => void): KeptRunning {
  const stopping = new AbortController()
  const endedAt: number[] = []
  let child = start()
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const how = await child.exit
      if (stopping.signal.aborted) return
      endedAt.push(Date.now())
      if (endedAt.length > 20) endedAt.shift()
      const waitMs = restartDelay(endedAt, Date.now())
      warn(`The ${name} ended (${how}); starting it again in ${waitMs / 1000} s`)
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (!stopping.signal.aborted) child = start()
    }
  }
  const looping = loop()
  return {
    pid: () => (child.ended === null ? child.pid : 0),
    async stop(signal, graceMs) {
      stopping.abort()
      await child.stop(signal, graceMs)
      await looping
    },
  }
}
