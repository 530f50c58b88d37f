import { z } from 'zod'

/** The formats that a manifest may name. */
export const encryptionFormats = ['age', 'openpgp'] as const
export type EncryptionFormat = (typeof encryptionFormats)[number]

/** Those of them that are built in, the usual one first: lib/cipher has a cipher for each. */
export const builtInFormats = ['age'] as const satisfies readonly EncryptionFormat[]
export type BuiltInFormat = (typeof builtInFormats)[number]

export const isBuiltIn = (format: EncryptionFormat): format is BuiltInFormat =>
  builtInFormats.some((builtIn) => builtIn === format)

/** How the new backups of a source are stored. */
export const encryptionChoices = [...builtInFormats, 'none'] as const
export const encryptionChoiceSchema = z.enum(encryptionChoices)
export type EncryptionChoice = z.infer<typeof encryptionChoiceSchema>
