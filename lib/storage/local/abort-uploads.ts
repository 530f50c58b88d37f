import { unlink } from 'node:fs/promises'
import path from 'node:path'
import type { RunContext } from '@/lib/ports/run-context'
import { isErrno } from './classify-error'
import { listPartials } from './list'
import type { RootFolder } from './root-folder'

/** Removes the temporary files that crashed runs left. */
export async function abortUploads(root: RootFolder, prefix: string, run: RunContext): Promise<string[]> {
  const ended: string[] = []
  for await (const { file, intendedKey } of listPartials(root, prefix)) {
    run.signal.throwIfAborted()
    await unlink(file).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error
    })
    await root.prune(path.dirname(file))
    ended.push(intendedKey)
  }
  return ended
}
