import { createHash } from 'node:crypto'
import type { Failure } from '@/lib/contracts/common'
import type { IndexedSegment } from '@/lib/contracts/repository/log-index'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { type LogPlace, logKey } from '@/lib/core/repository/log-paths'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { readLogIndex } from '@/lib/vault/read-log-index'
import { indexLimitBytes } from './write-log-index'

/** Something that does not lie in a store as it should. */
export interface LogTrouble {
  key: string
  failure: Failure
}

export interface IndexChain {
  /** By their numbers. */
  segments: Map<number, IndexedSegment>
  troubles: LogTrouble[]
}

/**
 * Reads the indexes of a timeline that lie in a store. The oldest ones may have been removed with the segments they listed. One that is
 * missing behind those, was changed, or does not follow the one before it is told as `signature-invalid`; of what was changed nothing is
 * used.
 */
export async function readIndexChain(
  input: { storage: Storage; place: LogPlace; numbers: readonly number[]; trustedKeys: ReadonlySet<string> },
  run: RunContext,
): Promise<IndexChain> {
  const { storage, place, trustedKeys } = input
  const segments = new Map<number, IndexedSegment>()
  const troubles: LogTrouble[] = []
  let before: { number: number; sha256: string | null } | null = null
  for (const number of input.numbers.toSorted((a, b) => a - b)) {
    const key = logKey(place, { kind: 'index', number })
    const bytes = await readAll(await storage.get(key, null, run), indexLimitBytes)
    let sha256: string | null = null
    try {
      const index = readLogIndex(key, bytes, trustedKeys)
      sha256 = createHash('sha256').update(bytes).digest('hex')
      for (const segment of index.segments) segments.set(segment.number, segment)
      if (before && before.number < number - 1) {
        throw broken(`Index ${before.number + 1} is missing, and index ${number} is there.`)
      }
      // Of one that was changed itself the hash says nothing.
      if (before?.sha256 && before.sha256 !== index.previous?.sha256) {
        throw broken(`Index ${number} does not follow the index ${before.number} that is there.`)
      }
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'signature-invalid') throw error
      troubles.push({ key, failure: toFailure(error) })
    }
    before = { number, sha256 }
  }
  return { segments, troubles }
}

const broken = (message: string) => new HoldfastError('signature-invalid', message)
