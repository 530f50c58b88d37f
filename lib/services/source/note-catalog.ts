import type { Tx } from '@/lib/db/client'
import { instanceId } from '../instance/instance-settings'

/**
 * Notes that a source holds this instance's catalog, when the database it was just connected to said so. Never taken
 * back: backups taken before its connection was changed still hold the catalog.
 */
export async function noteCatalog(tx: Tx, sourceId: string, holdfastInstance: unknown): Promise<void> {
  if (typeof holdfastInstance !== 'string' || holdfastInstance !== (await instanceId(tx))) return
  await tx.source.updateMany({ where: { id: sourceId, catalog: false }, data: { catalog: true } })
}
