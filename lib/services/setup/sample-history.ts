import type { Failure } from '@/lib/contracts/common'
import { usualMethod } from '@/lib/contracts/engines/index'
import type { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'

const days = 30
const dayMs = 86_400_000

const failed = (failure: Failure) => toJson(failure)

/**
 * A month of nightly runs that never happened, for looking at. Every row is marked as sample and has no copy, so none
 * counts as a backup: nothing here can turn anything green.
 */
export function sampleHistory(
  { id: sourceId, engine }: { id: string; engine: string },
  now: Date,
): Prisma.BackupCreateManyInput[] {
  return Array.from({ length: days }, (_, index) => {
    const ago = days - index
    const startedAt = new Date(Math.floor(now.getTime() / dayMs) * dayMs - ago * dayMs + 2.5 * 3_600_000)
    const common = {
      sourceId,
      jobId: crypto.randomUUID(),
      kind: usualMethod(engine, { dumps: true }).kind,
      sample: true,
      startedAt,
      dueAt: startedAt,
      repositoryPath: '',
    }
    if (ago === 17) {
      const error = failed({ code: 'missed', message: 'Sample: no worker was running when it was due.' })
      return { ...common, status: 'missed', finishedAt: startedAt, error }
    }
    if (ago === 9) {
      const error = failed({
        code: 'connection-refused',
        message: 'Sample: the server refused the connection.',
        remedy: 'Start the server.',
      })
      return {
        ...common,
        status: 'failed',
        finishedAt: new Date(startedAt.getTime() + 4_000),
        durationMs: 4_000,
        error,
      }
    }
    const sourceBytes = 1_240_000 + index * 14_000 + (index % 5) * 6_000
    const durationMs = 500 + ((index * 137) % 300)
    return {
      ...common,
      status: 'succeeded',
      finishedAt: new Date(startedAt.getTime() + durationMs),
      durationMs,
      sourceBytes,
      storedBytes: Math.round(sourceBytes / 6.1),
      note: 'Sample data',
    }
  })
}
