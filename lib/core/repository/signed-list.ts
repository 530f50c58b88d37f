import { z } from 'zod'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** The signing key was replaced: each of the two signed the same text with it. */
export const keyHandOverSchema = z.strictObject({
  document: z.strictObject({
    format: z.literal('holdfast-key-hand-over'),
    version: z.literal(1),
    instanceId: z.string(),
    from: z.string(),
    to: z.string(),
    at: z.iso.datetime(),
  }),
  fromSignature: z.string(),
  toSignature: z.string(),
})
export type KeyHandOver = z.infer<typeof keyHandOverSchema>

export const listedBackupSchema = z.strictObject({
  folder: z.string(),
  manifestSha256: hash,
  /** Both null for a backup from before manifests were signed; the list vouches for its manifest. */
  sequence: z.number().int().positive().nullable(),
  signatureSha256: hash.nullable(),
})
export type ListedBackup = z.infer<typeof listedBackupSchema>

/**
 * What must lie in one destination of one source. Written after a backup was stored, and before one is removed: what it
 * lists and is not there was taken away by somebody else.
 */
export const signedListSchema = z.strictObject({
  format: z.literal('holdfast-signed-list'),
  version: z.literal(1),
  instanceId: z.string(),
  sourceId: z.uuid(),
  destinationId: z.uuid(),
  /** Grows with every list; the highest counts. */
  number: z.number().int().positive(),
  /** The highest number that a backup of the source had been committed with, wherever it is stored. */
  newestSequence: z.number().int().nonnegative(),
  backups: z.array(listedBackupSchema),
  /** How signing keys followed each other, oldest first. */
  handOvers: z.array(keyHandOverSchema),
  writtenAt: z.iso.datetime(),
  publicKey: z.string(),
})
export type SignedList = z.infer<typeof signedListSchema>
