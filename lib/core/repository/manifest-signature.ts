import { z } from 'zod'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const position = z.strictObject({ sequence: z.number().int().positive(), sha256: hash })

/**
 * What is signed of one backup. The number grows with every backup of the source and is never given twice; a run that
 * failed after it was given one leaves a hole, which `previous` of the next one leaps over.
 */
export const manifestSignatureSchema = z.strictObject({
  format: z.literal('holdfast-manifest-signature'),
  version: z.literal(1),
  instanceId: z.string(),
  sourceId: z.uuid(),
  backupId: z.uuid(),
  /** Where it lies, below the destination's prefix: a backup moved elsewhere is noticed. */
  folder: z.string(),
  sequence: z.number().int().positive(),
  manifestSha256: hash,
  /** The backup committed before it: its number, and the hash of its signature file. Null: it is the first one. */
  previous: position.nullable(),
  signedAt: z.iso.datetime(),
  /** 32 bytes in base64. */
  publicKey: z.string(),
})
export type ManifestSignature = z.infer<typeof manifestSignatureSchema>

/** The number of a backup and the hash of its signature file. */
export type ChainPosition = z.infer<typeof position>
export const chainPositionSchema = position
