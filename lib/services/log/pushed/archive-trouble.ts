import type { Failure } from '@/lib/contracts/common'
import type { LogServer } from '@/lib/ports/log-method'

const mb = 2 ** 20

/** What keeps a server from handing in its log, in words; null: nothing does, as far as it says. */
export function archiveTrouble(
  { queue, failedAt, at }: Pick<LogServer, 'queue' | 'failedAt' | 'at'>,
  { sliceMs, lagBytes }: { sliceMs: number; lagBytes: bigint | null },
): Failure | null {
  const isOld = queue?.oldestAt ? at.getTime() - queue.oldestAt.getTime() > sliceMs : false
  if (!isOld && failedAt === null) return null
  const waiting = queue?.oldestAt
    ? ` ${queue.files === 1 ? 'One file waits' : `${queue.files} files wait`}, the oldest since ${queue.oldestAt.toISOString()}.`
    : ''
  const behind = lagBytes === null ? '' : ` Its disk keeps at least ${Math.ceil(Number(lagBytes) / mb)} MB for it.`
  const failed = failedAt === null ? '' : ` The last attempt failed at ${failedAt.toISOString()}.`
  return {
    code: 'archive-stalled',
    message: `The server does not get rid of its log.${failed}${waiting}${behind}`,
    remedy: 'Look into the log of the PostgreSQL server: it quotes what archive_command wrote.',
  }
}
