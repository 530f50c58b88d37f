import type { Compression } from '../../contracts/source'

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

const suffixes: Record<Compression, string> = {
  zstd: '.zst',
  gzip: '.gz',
  lz4: '.lz4',
  bzip2: '.bz2',
  xz: '.xz',
  none: '',
}

/** File name of a part: `archive` + zstd + age is `archive.dump.zst.age`, what standard tools expect to see. */
export function partFile(base: string, compression: Compression, encryption: 'age' | 'none'): string {
  return `${base}${suffixes[compression]}${encryption === 'age' ? '.age' : ''}`
}
