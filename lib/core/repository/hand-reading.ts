import { type BuiltInFormat, builtInFormats } from '../../contracts/encryption'
import { HoldfastError } from '../holdfast-error'
import { backupKeyFile, kitFile } from './checking-signature'
import type { HandStep } from './hand-step'
import { formatOfFile, storedFormats } from './stored-formats'

/** A part as it lies in the store, or as it was downloaded. */
export interface StoredFile {
  role: string
  file: string
  compression: string
  encrypted: boolean
  /** What the engine keeps of the part in the manifest. */
  facts?: Record<string, unknown>
}

/** What writes the plain bytes of a file to standard output, by the compression. */
export const unpack: Readonly<Record<string, string>> = {
  zstd: 'zstd -dc',
  gzip: 'gzip -dc',
  lz4: 'lz4 -dc',
  bzip2: 'bzip2 -dc',
  xz: 'xz -dc',
}

/** The format of a part that is encrypted: its name has it as its last suffix. */
function formatOf({ file }: StoredFile): BuiltInFormat {
  const format = formatOfFile(file)
  if (format) return format
  throw new HoldfastError('format-unsupported', `How ${file} is encrypted cannot be told from its name.`)
}

function formatsOf(files: readonly StoredFile[]): BuiltInFormat[] {
  const used = new Set(files.filter((file) => file.encrypted).map(formatOf))
  return builtInFormats.filter((format) => used.has(format))
}

/**
 * Unwraps a backup's key with the recovery kit: the key file is for the kit of its time, those beside it are for kits that
 * were made later.
 */
export function unwrapCommand(format: BuiltInFormat): string {
  const { keyFile, suffix, decrypt } = storedFormats[format]
  const files = `${keyFile.slice(0, -suffix.length)}*${suffix}`
  return `for file in ${files}; do ${decrypt(kitFile, '"$file"')} > ${backupKeyFile} && break; done`
}

/** What comes before any `reading` of these files: nothing where none is encrypted. */
export const unlocking = (files: readonly StoredFile[]): HandStep[] =>
  formatsOf(files).map((format) => ({
    say: 'Unwrap the key of this backup with your recovery kit',
    run: unwrapCommand(format),
  }))

/** What comes after the last one. */
export const forgetting = (files: readonly StoredFile[]): HandStep[] =>
  files.some((file) => file.encrypted) ? [{ say: 'Remove the key', run: `rm ${backupKeyFile}` }] : []

/** One shell pipeline that turns a stored file into its plain bytes. */
export function reading(part: StoredFile): string {
  const steps = [
    part.encrypted ? storedFormats[formatOf(part)].decrypt(backupKeyFile, part.file) : `cat ${part.file}`,
    ...(unpack[part.compression] ? [unpack[part.compression]] : []),
  ]
  return steps.join(' | ')
}

/** It can be given to a program as it is. */
export const isPlain = (part: StoredFile): boolean => !part.encrypted && !unpack[part.compression]

/** The programs that `reading` uses for these files, as packages call them. */
export function unpackers(files: readonly StoredFile[]): string[] {
  const compressions = new Set(files.map((file) => file.compression))
  return [
    ...formatsOf(files).map((format) => storedFormats[format].program),
    ...Object.keys(unpack).filter((name) => compressions.has(name)),
  ]
}

/** A word for bash. Every command stays on one line, whatever people call things. */
export function shellQuote(text: string): string {
  if (!/[\r\n]/.test(text)) return `'${text.replaceAll("'", String.raw`'\''`)}'`
  return `$'${text
    .replace(/[\\']/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)}'`
}
