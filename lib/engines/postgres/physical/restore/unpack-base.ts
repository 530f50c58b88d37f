import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { sideBySide } from '@/lib/process/side-by-side'
import { BackupManifestReader } from '../base-tar/backup-manifest'
import type { ChecksumAlgorithm } from '../base-tar/file-checksum'
import { KnownFiles } from '../base-tar/known-files'
import { asBaseDamage, baseDamaged } from './base-damaged'
import { rewriteTablespaceMap } from './tablespace-map'
import { unpackPart } from './unpack-part'

export interface UnpackOrder extends Pick<ReadableBackup, 'open' | 'feed'> {
  manifest: Pick<Manifest, 'parts'>
  /** The data directory, which must not exist; the folder that it is to be in must. */
  directory: string
  /** Where a tablespace goes, by its oid; the same holds for it. */
  tablespaceFolder(oid: string): string
}

/** What the server's own list of its files says, and was met. */
export interface UnpackedBase {
  files: number
  bytes: number
}

/** Each has programs of its own that decompress and write; more at once would only compete. */
const mostAtOnce = Math.min(8, 2 * availableParallelism())
/** Where they are, the server follows another one or waits for an archive, which is not for a backup to decide. */
const signals = ['standby.signal', 'recovery.signal']

/**
 * Makes a data directory of a base backup: its parts are fetched side by side, and every file is compared with the server's own list.
 * It is private to the worker's user, lacks the log, and is left as the server needs it for its first start: with `backup_label`, with
 * `backup_manifest` for pg_verifybackup, and with a `tablespace_map` that leads to the folders given. What it holds is not to be
 * trusted: its settings may name programs.
 * Rejects with `object-damaged`, `target-exists`, `target-full`, and what `open` rejects with; nothing is left then, nor on an abort.
 */
export async function unpackBase(order: UnpackOrder, run: RunContext): Promise<UnpackedBase> {
  const made: string[] = []
  try {
    for (const folder of [order.directory, ...foldersOf(order).values()]) {
      await makeNew(folder)
      made.push(folder)
    }
    const unpacked = await unpack(order, run)
    run.signal.throwIfAborted()
    return unpacked
  } catch (error) {
    await Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true })))
    run.signal.throwIfAborted()
    throw isFull(error) ? full(order.directory, error) : error
  }
}

async function unpack(order: UnpackOrder, run: RunContext): Promise<UnpackedBase> {
  const { manifest, directory } = order
  const folders = foldersOf(order)
  const { listed, algorithm, ...unpacked } = await readList(order, run)
  const parts = manifest.parts
    .filter(({ role }) => role === 'base' || role === 'tablespace')
    // The largest first, so that none is left alone at the end.
    .toSorted((a, b) => b.sourceBytes - a.sourceBytes)
  const totalBytes = parts.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0)
  let doneBytes = 0
  await sideBySide(mostAtOnce, parts, run, async (part, scope) => {
    const oid = part.role === 'tablespace' ? oidOf(part) : null
    const { folder, prefix } =
      oid === null ? { folder: directory, prefix: '' } : { folder: folders.get(oid) ?? '', prefix: `pg_tblspc/${oid}/` }
    await unpackPart(
      part,
      {
        ...order,
        folder,
        algorithm,
        onFile: (file) => listed.meet({ ...file, path: prefix + file.path }),
        onBytes: (bytes) => {
          doneBytes += bytes
          run.progress({ phase: 'restoring', doneBytes, totalBytes })
        },
      },
      scope,
    )
  })
  const differences = listed.differences()
  if (differences.length > 0) throw baseDamaged(differences.join('; '))
  for (const name of signals) await rm(join(directory, name), { force: true })
  await rewriteTablespaceMap(directory, folders)
  return unpacked
}

/** Keeps the server's list in the directory, as its own programs expect it there. */
async function readList({ manifest, open, directory }: UnpackOrder, run: RunContext) {
  const part = manifest.parts.find(({ role }) => role === 'manifest')
  if (!part) throw baseDamaged('its list of files is missing')
  const listed = new KnownFiles()
  const unpacked: UnpackedBase = { files: 0, bytes: 0 }
  // A server makes all of them in one way.
  let algorithm: ChecksumAlgorithm = 'CRC32C'
  const reader = new BackupManifestReader((file) => {
    listed.add(file)
    algorithm = file.algorithm
    unpacked.files += 1
    unpacked.bytes += file.size
  })
  const file = createWriteStream(join(directory, 'backup_manifest'), { flags: 'wx', mode: 0o600 })
  try {
    await pipeline(
      await open(part, run),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          reader.write(chunk)
          yield chunk
        }
      },
      file,
      { signal: run.signal },
    )
    reader.end()
  } catch (error) {
    throw asBaseDamage(error)
  }
  return { listed, algorithm, ...unpacked }
}

/** Where its tablespaces go, by their oids. */
export function foldersOf({
  manifest,
  tablespaceFolder,
}: Pick<UnpackOrder, 'manifest' | 'tablespaceFolder'>): Map<string, string> {
  const oids = manifest.parts.filter(({ role }) => role === 'tablespace').map(oidOf)
  return new Map(oids.map((oid) => [oid, tablespaceFolder(oid)]))
}

function oidOf({ facts, file }: ManifestPart): string {
  const { oid } = facts
  if (typeof oid === 'string' && /^\d+$/.test(oid)) return oid
  throw baseDamaged(`the manifest does not say which tablespace ${file} is of`)
}

async function makeNew(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new HoldfastError('target-exists', `There is something at ${folder}.`, {
      remedy: 'Choose a path that is free. A restore never writes into what exists.',
    })
  })
}

const isFull = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

const full = (directory: string, cause: unknown) =>
  new HoldfastError('target-full', `The disk of ${directory} is full.`, {
    remedy: 'Make room, or choose a folder on another disk.',
    cause,
  })
