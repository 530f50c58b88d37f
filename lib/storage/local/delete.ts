import { unlink } from 'node:fs/promises'
import path from 'node:path'
import { toFailure } from '@/lib/core/holdfast-error'
import { tellFailure } from '@/lib/core/tell-failure'
import type { RunContext } from '@/lib/ports/run-context'
import type { DeleteOutcome } from '@/lib/ports/storage'
import { classifyError, isErrno } from './classify-error'
import type { RootFolder } from './root-folder'
import { syncFolder } from './root-folder'

/** Deletes one after the other: the order is the caller's protection, so no two deletions overlap. */
export async function deleteObjects(root: RootFolder, keys: string[], run: RunContext): Promise<DeleteOutcome[]> {
  await root.check()
  const outcomes: DeleteOutcome[] = []
  for (const key of keys) {
    run.signal.throwIfAborted()
    outcomes.push(await deleteOne(root, key))
  }
  return outcomes
}

async function deleteOne(root: RootFolder, key: string): Promise<DeleteOutcome> {
  const file = root.file(key)
  const folder = path.dirname(file)
  try {
    await root.checkInside(folder)
    await unlink(file)
    await syncFolder(folder)
    await root.prune(folder)
    return { key, result: 'deleted' }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { key, result: 'absent' }
    const failure = classifyError(error, { path: file, key })
    const result = failure.code === 'storage-denied' ? 'refused' : 'failed'
    return { key, result, message: tellFailure(toFailure(failure)) }
  }
}
