import type { ContinuousResults, ContinuousWay } from '../continuous'
import type { HistoryResults } from '../history'
import type { ImpactMode, ImpactSample } from '../impact'
import type { Sample } from '../measure'
import type { AttackResult } from '../under-attack'

/** All runs of one benchmark, by what ran. */
export interface Results {
  ways: {
    holdfast: Sample[]
    /** To a fast store and a slow one. */
    slow: Sample[]
    /** (b), in turns with it. */
    slowPlain: Sample[]
    zstd: Sample[]
    folder: Sample[]
    gzip: Sample[]
    restore: Sample[]
    restorePlain2: Sample[]
    restorePlain1: Sample[]
    test: Sample[]
    testPlain2: Sample[]
    testPlain1: Sample[]
  } & Record<ContinuousWay, Sample[]>
  impact: Record<ImpactMode, ImpactSample[]>
  continuous: ContinuousResults | null
  history: HistoryResults | null
  attacks: AttackResult[] | null
}
export type Way = keyof Results['ways']

export function emptyResults(): Results {
  return {
    ways: {
      holdfast: [],
      slow: [],
      slowPlain: [],
      zstd: [],
      folder: [],
      gzip: [],
      restore: [],
      restorePlain2: [],
      restorePlain1: [],
      test: [],
      testPlain2: [],
      testPlain1: [],
      base: [],
      basePlain: [],
      baseOther: [],
      recovery: [],
      recoveryOther: [],
    },
    impact: { alone: [], plain: [], holdfast: [], gentle: [], snapshot: [] },
    continuous: null,
    history: null,
    attacks: null,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
