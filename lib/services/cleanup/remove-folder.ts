import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestFile } from '@/lib/core/repository/paths'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'

/**
 * Removes one backup's folder from a store. The manifest goes first: without it the rest is no backup, so a removal
 * that is cut short can never leave something that looks restorable. Idempotent. Throws `delete-refused` when the
 * store keeps an object (locked, or no permission to delete).
 */
export async function removeFolder(storage: Storage, folder: string, run: RunContext): Promise<void> {
  await storage.abortUploads(folder, run)
  const keys: string[] = []
  for await (const object of storage.list(folder, run)) keys.push(object.key)
  const manifest = folder + manifestFile
  const ordered = [...keys.filter((key) => key === manifest), ...keys.filter((key) => key !== manifest)]
  if (ordered.length === 0) return
  for (const batch of [ordered.slice(0, 1), ordered.slice(1)]) {
    if (batch.length === 0) continue
    const outcomes = await storage.delete(batch, run)
    const kept = outcomes.find((outcome) => outcome.result === 'refused' || outcome.result === 'failed')
    if (!kept) continue
    throw new HoldfastError('delete-refused', `The store keeps ${kept.key}: ${kept.message ?? kept.result}.`, {
      remedy: 'Check the permission to delete and object locks; it is tried again by the next clean-up.',
      transient: kept.result === 'failed',
    })
  }
}
