import type { Readable } from 'node:stream'
import { ageCipher } from '@/lib/cipher/age/cipher'
import type { Compression } from '@/lib/contracts/engines/common'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'
import { partFile } from '@/lib/core/repository/paths'
import { checkStored } from '@/lib/pipeline/check-stored'
import { openFeed } from '@/lib/pipeline/feed-part'
import { openPart } from '@/lib/pipeline/open-part'
import { openRanges } from '@/lib/pipeline/seekable/open-ranges'
import { storePart } from '@/lib/pipeline/store-part'
import type { BackupKey } from '@/lib/ports/cipher'
import type { ReadableBackup, RestorableBackup } from '@/lib/ports/backup-method'
import { makeMemoryStorage } from '../memory-storage'
import { makeTestRun } from '../run-context'

export interface StoredBackup extends RestorableBackup {
  key: BackupKey
  objects: Map<string, Buffer>
  part(role: string): ManifestPart
  /** The bytes of each request to the store since this was asked last. */
  reads(): number[]
}

/** Stores the parts of a backup as a backup job would, in memory, and reads them as a restore job would. */
export async function storeBackup(
  plain: ReadableBackup,
  how: {
    compression: Compression
    encrypted: boolean
    seekable: boolean
    /** Roles whose plain bytes are counted and not hashed. */
    comparedByContent?: string[]
  },
): Promise<StoredBackup> {
  const key = await ageCipher.makeKey()
  let reads: number[] = []
  const storage = makeMemoryStorage((bytes) => reads.push(bytes))
  const run = makeTestRun()
  const { compression, encrypted, seekable, comparedByContent = [] } = how
  const parts: ManifestPart[] = []
  for (const part of plain.manifest.parts) {
    const stream = await plain.open(part, run)
    const file = partFile(part.file, compression, encrypted ? 'age' : 'none')
    const { outcomes: _, ...sums } = await storePart(
      {
        produce: () => ({ stream, finished: Promise.resolve() }),
        ...{ compression, compressionLevel: 2, seekable: seekable && part.file.endsWith('.tar') },
        hashesSource: !comparedByContent.includes(part.role),
        encrypt: encrypted ? () => ageCipher.encrypt([key.recipient]) : null,
        sinks: [{ id: 'a', consume: (body: Readable) => storage.put(file, body, {}, run) }],
      },
      run,
    )
    parts.push({ ...part, ...sums, file, compression, encrypted })
  }
  const manifest: Manifest = { ...plain.manifest, parts }
  const input = (part: ManifestPart) => ({ storage, key: part.file, part })
  const decrypt = encrypted ? () => ageCipher.decrypt(key.identity) : null
  const openSealed = (beginning: Buffer, bytes: number) => ageCipher.openRanges(key.identity, beginning, bytes)
  return {
    ...{ manifest, key, objects: storage.objects },
    open: (part, scope) => openPart({ ...input(part), decrypt, storedBytesOnly: true }, scope),
    feed: (part, scope) => openFeed({ ...input(part), decrypt }, scope),
    ranges: (part, scope) => openRanges({ ...input(part), openSealed }, scope),
    check: (checked, scope) => checkStored(storage, ({ file }) => file, checked, scope),
    part: (role) => {
      const found = parts.find((each) => each.role === role)
      if (!found) throw new Error(`there is no part ${role}`)
      return found
    },
    reads: () => {
      const since = reads
      reads = []
      return since
    },
  }
}
