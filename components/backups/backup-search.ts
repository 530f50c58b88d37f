import { dayEnd, dayStart } from '@/lib/client/format/day'
import type { BackupSearch } from '@/lib/client/queries/backups'

/** One page of the history as the address asks for it; the server and the browser read it alike. */
export function backupSearch(get: (name: string) => string | undefined, sourceId?: string): BackupSearch {
  return {
    sourceId: sourceId ?? get('source'),
    status: get('status'),
    verified: get('verified'),
    from: dayStart(get('from')),
    to: dayEnd(get('to')),
    sort: get('sort'),
    cursor: get('cursor'),
    limit: 25,
  }
}
