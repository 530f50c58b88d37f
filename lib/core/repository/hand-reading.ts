import { backupKeyFile } from './checking-signature'

/** A part as it lies in the store, or as it was downloaded. */
export interface StoredFile {
  role: string
  file: string
  compression: string
  encrypted: boolean
}

const unpack: Record<string, string> = {
  zstd: 'zstd -dc',
  gzip: 'gzip -dc',
  lz4: 'lz4 -dc',
  bzip2: 'bzip2 -dc',
  xz: 'xz -dc',
}

/** One shell pipeline that turns a stored file into its plain bytes. */
export function reading(part: StoredFile): string {
  const steps = [
    part.encrypted ? `age -d -i ${backupKeyFile} ${part.file}` : `cat ${part.file}`,
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
    ...(files.some((file) => file.encrypted) ? ['age'] : []),
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
