import type { Tx } from '@/lib/db/client'
import { raiseIncident } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'

/**
 * Reports once per source that backups wait to be deleted, and resolves it when none does any more. What expires by an
 * unchanged policy does not wait and is not reported. `added`: something new waits.
 */
export async function refreshNotice(
  tx: Tx,
  input: { source: { id: string; name: string }; added: boolean; now: Date },
): Promise<void> {
  const { source, now } = input
  const waiting = { deletedAt: null, deleteAfter: { not: null } }
  const backups = await tx.backup.aggregate({
    where: { ...waiting, sourceId: source.id },
    _count: { _all: true },
    _min: { deleteAfter: true },
    _sum: { storedBytes: true },
  })
  const copies = await tx.backupCopy.aggregate({
    where: {
      ...waiting,
      state: { not: 'deleted' },
      backup: { sourceId: source.id, deletedAt: null, deleteAfter: null },
    },
    _count: { _all: true },
    _min: { deleteAfter: true },
    _sum: { storedBytes: true },
  })
  const count = backups._count._all
  const copyCount = copies._count._all
  if (count + copyCount === 0) return resolveIncident(tx, ['deletion-planned'], source.id, now)
  if (!input.added) return
  const first = [backups._min.deleteAfter, copies._min.deleteAfter].filter((at) => at !== null)
  const firstAt = new Date(Math.min(...first.map((at) => at.getTime())))
  const what = [
    count > 0 ? `${count} ${count === 1 ? 'backup' : 'backups'}` : '',
    copyCount > 0 ? `${copyCount} ${copyCount === 1 ? 'copy' : 'copies'} in single destinations` : '',
  ].filter(Boolean)
  await raiseIncident(
    tx,
    {
      event: 'deletion-planned',
      severity: 'warning',
      subjectId: source.id,
      sourceId: source.id,
      title: `Backups of ${source.name} will be deleted`,
      body: `${what.join(' and ')} of ${source.name} will be deleted, the first on ${firstAt.toISOString().slice(0, 16).replace('T', ' ')} UTC. Until then it can be undone: put the policy back, or keep the backup on its page.`,
      facts: {
        backups: count,
        copies: copyCount,
        storedBytes: Number(backups._sum.storedBytes ?? 0) + Number(copies._sum.storedBytes ?? 0),
        firstAt,
      },
    },
    now,
  )
}
