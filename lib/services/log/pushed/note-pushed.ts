import type { Failure } from '@/lib/contracts/common'
import type { Db } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import type { LogServer } from '@/lib/ports/log-method'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'

/** Notes which server hands in its log, and what keeps it from doing so. The first time says which one it has to be. */
export async function noteServer(
  db: Db,
  { sourceId, fence }: ClaimedStream,
  { server, idleMark, trouble }: { server: LogServer; idleMark: string | null; trouble: Failure | null },
): Promise<void> {
  await db.logStream.updateMany({
    where: { sourceId, fence, state: { not: 'ending' } },
    data: {
      identity: server.identity,
      timeline: server.timeline,
      state: 'streaming',
      error: trouble ? toJson(trouble) : Prisma.DbNull,
      retryAt: null,
      idleMark,
    },
  })
}

/** The server of a log that is handed in does not answer. */
export async function noteTrouble(db: Db, { sourceId, fence }: ClaimedStream, failure: Failure): Promise<void> {
  await db.logStream.updateMany({
    where: { sourceId, fence, state: { not: 'ending' } },
    data: { state: 'waiting', error: toJson(failure) },
  })
}
