import { z } from 'zod'
import { auditHeadSchema } from './audit'
import { checkSchema, checkVerdictSchema } from './backup'
import { backupKindSchema } from './backup-kind'
import { engineNameSchema, failureSchema, idSchema, timeSchema } from './common'
import { restoreTestLevelSchema } from './schedule'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * What one restore test has shown, for people who were not there. Signed as its RFC 8785 text; the key's public half is
 * inside, so that nothing but the signature stands outside of what is signed.
 */
export const evidenceDocumentSchema = z.strictObject({
  format: z.literal('holdfast-evidence'),
  version: z.literal(1),
  instanceId: z.string(),
  restoreTestId: idSchema,
  level: restoreTestLevelSchema,
  verdict: checkVerdictSchema,
  source: z.strictObject({ id: idSchema, name: z.string(), engine: engineNameSchema, database: z.string().optional() }),
  backup: z.strictObject({
    id: idSchema,
    kind: backupKindSchema,
    startedAt: timeSchema,
    finishedAt: timeSchema.nullable(),
    sourceBytes: z.number().int(),
    storedBytes: z.number().int(),
    /** SHA-256 of the manifest as it lies in the repository: it binds every stored object's hash. */
    manifestSha256: hash.nullable(),
    /** Its number among the backups of the source: who keeps the newest notices a store that was set back. */
    sequence: z.number().int().positive().nullable().optional(),
  }),
  checks: z.array(checkSchema.strict()),
  /** Sizes, counts and steps with their durations, as the engine recorded them. */
  facts: z.record(z.string(), z.unknown()),
  failure: failureSchema.nullable(),
  versions: z.strictObject({ holdfast: z.string(), server: z.string().optional(), dumpTool: z.string().optional() }),
  startedAt: timeSchema,
  finishedAt: timeSchema,
  durationMs: z.number(),
  /** The end of the audit log's hash chain then: signed here, it shows later that the log was not rewritten or cut. */
  auditHead: auditHeadSchema.optional(),
  signing: z.strictObject({
    algorithm: z.literal('Ed25519'),
    canonicalization: z.literal('RFC 8785'),
    /** 32 bytes in base64. */
    publicKey: z.string(),
  }),
})
export type EvidenceDocument = z.infer<typeof evidenceDocumentSchema>

/** The file that is kept and handed out. */
export const signedEvidenceSchema = z.strictObject({
  document: evidenceDocumentSchema,
  /** 64 bytes in base64, over the canonical text of `document`. */
  signature: z.string(),
})
export type SignedEvidence = z.infer<typeof signedEvidenceSchema>

export const evidenceKeySchema = z.object({
  algorithm: z.literal('Ed25519'),
  publicKey: z.string().meta({ description: '32 bytes in base64' }),
  pem: z.string(),
})
export type EvidenceKey = z.infer<typeof evidenceKeySchema>
