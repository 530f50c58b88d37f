import { createHash } from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { manifestSignatureSchema } from '@/lib/core/repository/manifest-signature'
import { backupFolderOf, manifestFile, repositoryRoot, signatureFile, signedListOf } from '@/lib/core/repository/paths'
import {
  keyHandOverSchema,
  signedListSchema,
  type KeyHandOver,
  type SignedList,
} from '@/lib/core/repository/signed-list'
import type { FoundBackup } from '@/lib/core/signature/judge-source'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { readSigned } from '@/lib/vault/signed-document'
import { trustedKeys } from '@/lib/vault/trusted-keys'
import { z } from 'zod'

const limitBytes = 64 << 20

/** One source as its store shows it. */
export interface FoundSource {
  sourceId: string
  backups: FoundBackup[]
  /** The newest list whose signature holds. */
  list: SignedList | null
  /** Lists whose signature does not hold, with the reason. */
  wrongLists: { key: string; reason: string }[]
}

/**
 * Reads everything signed in a store, with nothing but the keys one trusts: no catalog, no secret but that of reading.
 * Hand-overs found there extend the trust to the keys before and after.
 */
export async function readRepository(
  storage: Storage,
  known: readonly string[],
  run: RunContext,
): Promise<FoundSource[]> {
  const { folders, lists } = await listAll(storage, run)
  const read = async (key: string) => readAll(await storage.get(key, null, run), limitBytes)
  const bytesOfLists = new Map<string, Buffer>()
  for (const key of [...lists.values()].flat()) bytesOfLists.set(key, await read(key))
  const keys = trustedKeys(known, [...bytesOfLists.values()].flatMap(handOversIn))
  const sources: FoundSource[] = []
  for (const sourceId of [...new Set([...folders.keys(), ...lists.keys()])].sort()) {
    const source: FoundSource = { sourceId, backups: [], list: null, wrongLists: [] }
    for (const key of lists.get(sourceId) ?? []) {
      try {
        const list = readSigned(bytesOfLists.get(key) ?? Buffer.alloc(0), signedListSchema, keys)
        const place = signedListOf(key)
        if (list.sourceId !== sourceId || list.number !== place?.number) throw misplaced()
        if (list.number > (source.list?.number ?? 0)) source.list = list
      } catch (error) {
        source.wrongLists.push({ key, reason: reasonOf(error) })
      }
    }
    for (const [folder, files] of folders.get(sourceId) ?? []) {
      if (!files.has(manifestFile)) continue
      const manifestSha256 = sha256Of(await read(folder + manifestFile))
      const signature = files.has(signatureFile) ? readSignature(await read(folder + signatureFile), keys) : null
      source.backups.push({ folder, manifestSha256, signature })
    }
    sources.push(source)
  }
  return sources
}

async function listAll(storage: Storage, run: RunContext) {
  const folders = new Map<string, Map<string, Set<string>>>()
  const lists = new Map<string, string[]>()
  for await (const { key } of storage.list(`${repositoryRoot}/`, run)) {
    const list = signedListOf(key)
    if (list) lists.set(list.sourceId, [...(lists.get(list.sourceId) ?? []), key])
    const folder = backupFolderOf(key)?.folder
    if (!folder) continue
    const sourceId = folder.split('/')[2] ?? ''
    const own = folders.get(sourceId) ?? new Map<string, Set<string>>()
    folders.set(sourceId, own)
    const files = own.get(folder) ?? new Set<string>()
    own.set(folder, files.add(key.slice(folder.length)))
  }
  return { folders, lists }
}

function readSignature(bytes: Buffer, keys: ReadonlySet<string>): FoundBackup['signature'] {
  try {
    const { sequence, previous, folder, manifestSha256 } = readSigned(bytes, manifestSignatureSchema, keys)
    return { sequence, sha256: sha256Of(bytes), previous, folder, manifestSha256 }
  } catch (error) {
    return reasonOf(error)
  }
}

/** Read before the list itself is trusted: each hand-over is signed by itself. */
function handOversIn(bytes: Buffer): KeyHandOver[] {
  const shape = z.object({ document: z.object({ handOvers: z.array(keyHandOverSchema) }) })
  try {
    return shape.parse(JSON.parse(bytes.toString('utf8'))).document.handOvers
  } catch {
    return []
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof HoldfastError && error.code === 'signature-invalid') return error.message
  throw error
}

function misplaced(): HoldfastError {
  return new HoldfastError('signature-invalid', 'It is of another source, or has another number.')
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
