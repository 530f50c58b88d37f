import type { Compression } from '../../contracts/engines/common'

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
/** How to restore this backup without Holdfast. */
export const restoreGuideFile = 'RESTORE.md'
/** The signature of the manifest beside it, written before it. */
export const signatureFile = 'manifest.sig.json'

/** Key of a source's signed list; the highest number is the one that counts. */
export function signedListKey(sourceId: string, number: number): string {
  return `${sourceFolder(sourceId)}list-${String(number).padStart(8, '0')}.json`
}

/** Source and number of a signed list's key; null for any other key. */
export function signedListOf(key: string): { sourceId: string; number: number } | null {
  const match = /^holdfast\/v1\/([0-9a-f-]{36})\/list-(\d{8,})\.json$/.exec(key)
  return match?.[1] && match[2] ? { sourceId: match[1], number: Number(match[2]) } : null
}

/** A backup's key wrapped later for somebody who was not there yet when it was taken, e.g. a new recovery kit. */
export function laterIdentityFile(recipientId: string, attempt: number): string {
  return `identity-${recipientId}${attempt > 1 ? `-${attempt}` : ''}.age`
}

/** For whom such a file is, by the first half of a hash; null for any other file. */
export const laterIdentityId = (file: string): string | null =>
  /^identity-([0-9a-f]{12})(-[2-9])?\.age$/.exec(file)?.[1] ?? null

export const isLaterIdentity = (file: string): boolean => laterIdentityId(file) !== null

const suffixes: Record<Compression, string> = {
  zstd: '.zst',
  gzip: '.gz',
  lz4: '.lz4',
  bzip2: '.bz2',
  xz: '.xz',
  none: '',
}

/** The name of a part's file before it was compressed and encrypted. */
export function plainFile(file: string): string {
  const compressed = file.replace(/\.(age|gpg)$/, '')
  const suffix = Object.values(suffixes).find((each) => each !== '' && compressed.endsWith(each))
  return suffix === undefined ? compressed : compressed.slice(0, -suffix.length)
}

/** File name of a part: `archive` + zstd + age is `archive.dump.zst.age`, what standard tools expect to see. */
export function partFile(base: string, compression: Compression, encryption: 'age' | 'none'): string {
  return `${base}${suffixes[compression]}${encryption === 'age' ? '.age' : ''}`
}
