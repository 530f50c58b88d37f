/** The versioned root inside every destination; a change of layout gets a new one. */
export const repositoryRoot = 'holdfast/v1'

/** Folder of one source, ends with "/". */
export function sourceFolder(sourceId: string): string {
  return `${repositoryRoot}/${sourceId}/`
}

/** Folder of one backup, ends with "/". It sorts by time and is unique by id. */
export function backupFolder(sourceId: string, backupId: string, startedAt: Date): string {
  const stamp = startedAt.toISOString().replace(/[-:]|\.\d+/g, '')
  return `${sourceFolder(sourceId)}${stamp}-${backupId}/`
}

export const manifestFile = 'manifest.json'
export const identityFile = 'identity.age'

/** File name of a part: `archive` + zstd + age is `archive.dump.zst.age`, what standard tools expect to see. */
export function partFile(base: string, compression: 'zstd' | 'gzip' | 'none', encryption: 'age' | 'none'): string {
  const suffix = { zstd: '.zst', gzip: '.gz', none: '' }[compression]
  return `${base}${suffix}${encryption === 'age' ? '.age' : ''}`
}
