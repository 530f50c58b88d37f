import type { BuiltInFormat } from '../../contracts/encryption'
import type { Compression } from '../../contracts/engines/common'
import { formatOfFile, storedFormats } from './stored-formats'

/** The versioned root inside every destination; a change of layout gets a new one. */
export const repositoryRoot = 'holdfast/v1'

/** An id in a key, as a part of a pattern. */
export const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** Folder of one source, ends with "/": its backups and signed lists, its log (log-paths.ts), and what a set has (set-paths.ts). */
export function sourceFolder(sourceId: string): string {
  return `${repositoryRoot}/${sourceId}/`
}

/** Folder of one backup, ends with "/". It sorts by time and is unique by id. */
export function backupFolder(sourceId: string, backupId: string, startedAt: Date): string {
  return `${sourceFolder(sourceId)}${stampOf(startedAt)}-${backupId}/`
}

/** The backup's folder that a key lies in; null for a key of any other form. */
export function backupFolderOf(key: string): { folder: string; backupId: string } | null {
  const [folder, stamp = '', backupId = ''] = backupPattern.exec(key) ?? []
  return folder && timeOf(stamp) ? { folder, backupId } : null
}

const backupPattern = new RegExp(`^${repositoryRoot}/${uuid}/(\\d{8}T\\d{6}Z)-(${uuid})/(?=.)`)

/** A time as folders are named by it: UTC in whole seconds, `20261121T020000Z`. */
export const stampOf = (time: Date): string => time.toISOString().replace(/[-:]|\.\d+/g, '')

/** The time of such a stamp; null when there is no such time. */
export function timeOf(stamp: string): Date | null {
  const time = new Date(stamp.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'))
  return !Number.isNaN(time.getTime()) && stampOf(time) === stamp ? time : null
}

export const manifestFile = 'manifest.json'
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
  const [, sourceId = '', digits = ''] = listPattern.exec(key) ?? []
  const number = Number(digits)
  return number > 0 && signedListKey(sourceId, number) === key ? { sourceId, number } : null
}

const listPattern = new RegExp(`^${repositoryRoot}/(${uuid})/list-(\\d{8,})\\.json$`)

/** The key file's name without its suffix, and the suffix: `identity` and `.age`. */
function splitKeyFile(keyFile: string): [stem: string, suffix: string] {
  const dot = keyFile.lastIndexOf('.')
  return [keyFile.slice(0, dot), keyFile.slice(dot)]
}

/** What the names of keys wrapped later begin with: `identity-`. */
export const laterIdentityPrefix = (keyFile: string): string => `${splitKeyFile(keyFile)[0]}-`

/** A backup's key, wrapped later for a recipient that did not exist when the backup was taken, e.g. a new recovery kit. */
export function laterIdentityFile(keyFile: string, recipientId: string, attempt: number): string {
  const [stem, suffix] = splitKeyFile(keyFile)
  return `${stem}-${recipientId}${attempt > 1 ? `-${attempt}` : ''}${suffix}`
}

/** The recipient of such a file, by the first half of a hash, and the attempt; null for any other file. */
export function laterIdentityOf(keyFile: string, file: string): { recipientId: string; attempt: number } | null {
  const [stem, suffix] = splitKeyFile(keyFile)
  if (!file.startsWith(`${stem}-`) || !file.endsWith(suffix)) return null
  const match = /^([0-9a-f]{12})(?:-([2-9]))?$/.exec(file.slice(stem.length + 1, -suffix.length))
  return match?.[1] ? { recipientId: match[1], attempt: Number(match[2] ?? 1) } : null
}

export const isLaterIdentity = (keyFile: string, file: string): boolean => laterIdentityOf(keyFile, file) !== null

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
  const format = formatOfFile(file)
  const compressed = format ? file.slice(0, -storedFormats[format].suffix.length) : file
  const suffix = Object.values(suffixes).find((each) => each !== '' && compressed.endsWith(each))
  return suffix === undefined ? compressed : compressed.slice(0, -suffix.length)
}

/** File name of a part: `archive` + zstd + age is `archive.dump.zst.age`, what standard tools expect to see. */
export function partFile(base: string, compression: Compression, encryption: BuiltInFormat | 'none'): string {
  return `${base}${suffixes[compression]}${encryption === 'none' ? '' : storedFormats[encryption].suffix}`
}
