import { statfs } from 'node:fs/promises'
import type { StoreSpace } from '@/lib/ports/storage'
import { answerInTime } from './answer-in-time'
import { classifyError } from './classify-error'
import type { RootFolder } from './root-folder'

/** What the folder's file system holds for us and has left: what it keeps back for root is neither. */
export async function readSpace(root: RootFolder): Promise<StoreSpace> {
  await root.check()
  const info = await answerInTime(root.path, () => statfs(root.path)).catch((error: unknown) => {
    throw classifyError(error, { path: root.path })
  })
  return {
    freeBytes: info.bavail * info.bsize,
    totalBytes: (info.blocks - info.bfree + info.bavail) * info.bsize,
  }
}
