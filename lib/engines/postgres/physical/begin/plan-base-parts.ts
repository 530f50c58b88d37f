import type { BaseArchive } from './base-copy'

const mib = 1024 * 1024
/** Below twice of it nothing is gained by a second part. */
const worthwhileBytes = 32 * mib
/** What a restore fetches and unpacks side by side. */
const mostParts = 8

/** A share of an archive: consecutive files, as many as fit. */
export interface BaseShare {
  /** Name of the part, without suffixes. */
  base: string
  role: 'base' | 'tablespace'
  archive: BaseArchive
  expectedBytes: number
  /** When this much has come the next part begins. Null: it takes all the rest, so that nothing depends on the estimate. */
  fullAtBytes: number | null
}

/** Divides what the server announces into parts, about as many in all as a restore can use, and one for each archive at least. */
export function planBaseParts(archives: BaseArchive[]): BaseShare[] {
  const total = archives.reduce((sum, { bytes }) => sum + bytes, 0)
  return archives.flatMap((archive) => {
    const fair = total === 0 ? 1 : Math.round((mostParts * archive.bytes) / total)
    const shares = Math.max(1, Math.min(mostParts, fair, Math.floor(archive.bytes / worthwhileBytes)))
    const each = Math.ceil(archive.bytes / shares)
    const name = archive.oid === null ? 'base' : `tablespace-${archive.oid}`
    return Array.from({ length: shares }, (_, index) => ({
      base: `${name}-${index + 1}.tar`,
      role: archive.oid === null ? ('base' as const) : ('tablespace' as const),
      archive,
      expectedBytes: each,
      fullAtBytes: index === shares - 1 ? null : each,
    }))
  })
}
