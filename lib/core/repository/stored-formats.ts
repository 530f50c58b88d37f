import { type BuiltInFormat, builtInFormats } from '../../contracts/encryption'

/** What an encrypted format looks like in the repository, and what people type to read it. lib/cipher does the encrypting. */
export interface StoredFormat {
  /** Of every file in the format. */
  suffix: string
  /** The file beside the manifest that holds the backup's own key, wrapped; those wrapped later are named after it. */
  keyFile: string
  /** The program that reads it, as packages call it. */
  program: string
  /** A command that writes the plain bytes of a file to standard output; `key` is the file with the secret key. */
  decrypt(key: string, file: string): string
}

export const storedFormats: Record<BuiltInFormat, StoredFormat> = {
  age: {
    suffix: '.age',
    keyFile: 'identity.age',
    program: 'age',
    decrypt: (key, file) => `age -d -i ${key} ${file}`,
  },
}

/** The format that a file's name says it is in; null: it is not encrypted in any that is built in. */
export function formatOfFile(file: string): BuiltInFormat | null {
  return builtInFormats.find((format) => file.endsWith(storedFormats[format].suffix)) ?? null
}
