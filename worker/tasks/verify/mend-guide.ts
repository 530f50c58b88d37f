import { methodOfBackup } from '@/lib/services/backup/method-of'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { toFailure } from '@/lib/core/holdfast-error'
import { manifestFile, restoreGuideFile } from '@/lib/core/repository/paths'
import { readAll } from '@/lib/pipeline/read-all'
import type { OpenCopy } from '@/lib/services/backup/open-copy'
import { writeGuide } from '@/lib/services/backup/write-guide'
import type { TaskArgs } from '../../task'

/**
 * Looks at the RESTORE.md of a copy whose manifest is right, and writes it again where it is missing or another: somebody
 * would type what it says. Answers in a sentence what was found, or null where it is the one that was written.
 */
export async function mendGuide(
  { ctx, run }: Pick<TaskArgs, 'ctx' | 'run'>,
  { storage, manifest }: Pick<OpenCopy, 'storage' | 'manifest'>,
  folder: string,
): Promise<string | null> {
  const written = manifest.restoreGuide
  if (!written) return null
  const key = folder + restoreGuideFile
  const found = await storage.head(key, run)
  if (found?.sizeBytes === written.storedBytes) {
    const bytes = await readAll(await storage.get(key, null, run), written.storedBytes)
    if (sha256Of(bytes) === written.storedSha256) return null
  }
  const what = `${restoreGuideFile} ${found ? 'was not the one that was written' : 'was missing'}`
  try {
    const { bytes } = writeGuide(methodOfBackup(ctx, manifest), manifest)
    if (sha256Of(bytes) !== written.storedSha256)
      return `${what}, and this version of Holdfast writes another: ${instead}`
    // What is being deleted, or is no copy any more, gets nothing new.
    if (!(await storage.head(folder + manifestFile, run))) return null
    if (found) await storage.delete([key], run)
    await storage.put(key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
    return `${what}, and was written again`
  } catch (error) {
    run.signal.throwIfAborted()
    return `${what}, and could not be written again (${toFailure(error).message}): ${instead}`
  }
}

const instead = `type the commands in ${manifestFile} instead`

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
