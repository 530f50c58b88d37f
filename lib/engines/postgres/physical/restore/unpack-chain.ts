import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { isDamage } from '@/lib/engines/postgres/logical/prove/is-damage'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import { giveUnpacked } from '@/lib/engines/postgres/recovery/recover'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunContext } from '@/lib/ports/run-context'
import { baseDamaged } from './base-damaged'
import { combine } from './combine'
import { foldersOf, type UnpackedBase, type UnpackOrder, unpackBase } from './unpack-base'

export interface ChainOrder extends Pick<UnpackOrder, 'directory' | 'tablespaceFolder'> {
  /** The full one first. */
  chain: ReadableBackup[]
  server: Installation
  confinement: Confinement
  /** Has room for the chain, and `directory` and the tablespaces are in it. Becomes the confined user's when there is a chain. */
  folder: string
}

/** A backup behind those that it builds on. */
export const chainOf = ({ before = [], ...last }: ReadableBackup & { before?: ReadableBackup[] }): ReadableBackup[] => [
  ...before,
  last,
]

/**
 * Makes a data directory of a base backup as `unpackBase` does, and of an incremental one by way of all that it builds on: each is unpacked
 * and compared with its own list, then they are combined. Counts what all lists say. Rejects as `unpackBase` does; damage names its backup.
 */
export async function unpackChain(order: ChainOrder, run: RunContext): Promise<UnpackedBase> {
  const { chain, directory, tablespaceFolder, folder, confinement } = order
  const last = chain.at(-1)
  if (!last) throw new Error('an empty chain is unpacked')
  checkLinks(chain)
  if (chain.length === 1) return unpackBase({ ...last, directory, tablespaceFolder }, run)
  const inputsFolder = join(folder, 'chain')
  await mkdir(inputsFolder, { mode: 0o700 })
  const unpacked: UnpackedBase = { files: 0, bytes: 0 }
  const inputs: string[] = []
  for (const [index, member] of chain.entries()) {
    const place = placeOf(inputsFolder, index)
    await mkdir(join(inputsFolder, String(index)), { mode: 0o700 })
    const { files, bytes } = await unpackBase({ ...member, ...place }, run).catch((error: unknown) => {
      throw member === last ? error : named(member, error)
    })
    unpacked.files += files
    unpacked.bytes += bytes
    inputs.push(place.directory)
    await link({ ...member, ...place })
  }
  const from = foldersOf({ ...last, ...placeOf(inputsFolder, chain.length - 1) })
  const to = foldersOf({ ...last, tablespaceFolder })
  const tablespaces = new Map([...from].map(([oid, path]) => [oid, { from: path, to: to.get(oid) ?? '' }]))
  await giveUnpacked(folder, confinement)
  await combine({ ...order, inputs, inputsFolder, output: directory, tablespaces }, run)
  return unpacked
}

function placeOf(inputsFolder: string, index: number): Pick<UnpackOrder, 'directory' | 'tablespaceFolder'> {
  const folder = join(inputsFolder, String(index))
  return { directory: join(folder, 'data'), tablespaceFolder: (oid) => join(folder, `tablespace-${oid}`) }
}

/** A server makes them of its map when it starts; the program that combines wants them there. */
async function link(of: Pick<UnpackOrder, 'manifest' | 'directory' | 'tablespaceFolder'>): Promise<void> {
  for (const [oid, folder] of foldersOf(of)) {
    await symlink(folder, join(of.directory, 'pg_tblspc', oid)).catch((error: unknown) => {
      throw baseDamaged(`it has no place for the tablespace ${oid}`, error)
    })
  }
}

/** Each names the one before it. */
function checkLinks(chain: ReadableBackup[]): void {
  for (const [index, { manifest }] of chain.entries()) {
    const parent = manifest.chain?.parent ?? null
    if (parent === (chain[index - 1]?.manifest.backupId ?? null)) continue
    throw baseDamaged(
      parent === null
        ? `the backup ${manifest.backupId} builds on nothing, and stands in the middle of a chain`
        : `the backup ${parent}, which the one of ${manifest.startedAt} builds on, is missing`,
    )
  }
}

function named({ manifest }: ReadableBackup, error: unknown): unknown {
  if (!isDamage(error) || !(error instanceof HoldfastError)) return error
  const message = `The backup of ${manifest.startedAt} (${manifest.backupId}), which this one builds on: ${error.message}`
  return new HoldfastError(error.code, message, {
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    facts: { ...error.facts, backupId: manifest.backupId },
    cause: error,
  })
}
