import { createHash } from 'node:crypto'
import { type Manifest, manifestSchema } from '@/lib/contracts/repository/manifest'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { manifestSignatureSchema } from '@/lib/core/repository/manifest-signature'
import { backupFolderOf, manifestFile, signatureFile, sourceFolder } from '@/lib/core/repository/paths'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { readSigned } from '@/lib/vault/signed-document'
import type { LogTrouble } from '@/lib/services/log/read-index-chain'

const limitBytes = 64 << 20

/** The manifests of a source's backups that need the log. One whose signature does not hold is told and not used. */
export async function readBaseManifests(
  input: { storage: Storage; sourceId: string; trustedKeys: ReadonlySet<string> },
  run: RunContext,
): Promise<{ manifests: Manifest[]; troubles: LogTrouble[] }> {
  const { storage, sourceId, trustedKeys } = input
  const folders: string[] = []
  // Folders of backups begin with their year, so that the log is not listed.
  for await (const { key } of storage.list(`${sourceFolder(sourceId)}2`, run)) {
    const folder = backupFolderOf(key)?.folder
    if (folder && key === folder + manifestFile) folders.push(folder)
  }
  const read = async (key: string) => readAll(await storage.get(key, null, run), limitBytes)
  const manifests: Manifest[] = []
  const troubles: LogTrouble[] = []
  for (const folder of folders) {
    const key = folder + manifestFile
    try {
      const bytes = await read(key)
      const manifest = manifestSchema.parse(JSON.parse(bytes.toString('utf8')))
      if (!manifest.range) continue
      const signature = readSigned(await read(folder + signatureFile), manifestSignatureSchema, trustedKeys)
      const isOfIt = signature.manifestSha256 === createHash('sha256').update(bytes).digest('hex')
      if (!isOfIt || signature.folder !== folder) {
        throw new HoldfastError('signature-invalid', 'The signature is that of another manifest.')
      }
      manifests.push(manifest)
    } catch (error) {
      run.signal.throwIfAborted()
      troubles.push({ key, failure: toFailure(error) })
    }
  }
  return { manifests, troubles }
}
