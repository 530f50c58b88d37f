import { filesTargetSchema } from '@/lib/contracts/engines/files'
import type { Source } from '@/lib/contracts/source'
import { ownSource } from '../own-source'

export interface FilesConnectionValues {
  root: string
  include: string[]
  exclude: string[]
}

export interface FilesOptionValues {
  oneFileSystem: boolean
  parallelism: number | null
  longestChain: number | null
}

export interface FilesForm {
  connection: FilesConnectionValues
  options: FilesOptionValues
}

export const emptyFiles: FilesForm = {
  connection: { root: '', include: [], exclude: [] },
  options: { oneFileSystem: false, parallelism: null, longestChain: 30 },
}

export function filesValuesOf(source: Source): FilesForm {
  const { connection, options } = ownSource(source, 'files')
  const { root, include, exclude } = connection
  const { oneFileSystem, parallelism = null, longestChain } = options
  return { connection: { root, include, exclude }, options: { oneFileSystem, parallelism, longestChain } }
}

export const filesOptionsOf = ({ oneFileSystem, parallelism, longestChain }: FilesOptionValues) => ({
  oneFileSystem,
  parallelism: parallelism ?? undefined,
  longestChain: longestChain ?? undefined,
})

export interface FilesTargetValues {
  mode: 'new' | 'in-place'
  path: string
  confirm: string
  /** Paths below the folder; none: everything. */
  only: string[]
}

export const emptyFilesTarget: FilesTargetValues = {
  ...filesTargetSchema.pick({ mode: true }).parse({}),
  path: '',
  confirm: '',
  only: [],
}

/** What belongs to the other way of restoring is left out. */
export const filesTargetOf = ({ mode, path, confirm, only }: FilesTargetValues) =>
  mode === 'in-place' ? { mode, path, confirm } : { mode, path, ...(only.length > 0 ? { only } : {}) }
