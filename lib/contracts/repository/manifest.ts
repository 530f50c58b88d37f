import { z } from 'zod'
import { backupKindSchema } from '../backup-kind'
import { engineNameSchema } from '../common'
import { encryptionFormats } from '../encryption'
import { compressionSchema } from '../engines/common'
import { upgradeManifest } from './manifest-1'
import { measuresSchema } from './measure'

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
const bytesSchema = z.number().int().nonnegative()
/** A name inside the backup's folder. */
const fileNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
/** Facts that belong to the engine: it wrote them, and it alone reads them, with care. */
const factsSchema = z.record(z.string(), z.unknown())

/** One stored object of a backup. Sizes in bytes, hashes SHA-256 in lower-case hex. */
export const manifestPartSchema = z.object({
  /** What it is among the others; a word of the engine. */
  role: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** File name inside the backup's folder, e.g. `archive.dump.zst.age`. */
  file: fileNameSchema,
  sourceBytes: bytesSchema,
  /** Null: what it holds has checksums of the source's own, in another part. */
  sourceSha256: sha256Schema.nullable(),
  storedBytes: bytesSchema,
  storedSha256: sha256Schema,
  compression: compressionSchema,
  /** With the backup's own key, see `encryption`. */
  encrypted: z.boolean(),
  facts: factsSchema.default({}),
})
export type ManifestPart = z.infer<typeof manifestPartSchema>

/** Somebody who can open a backup's key. */
export const recipientSchema = z.object({
  /** `instance`: the instance that took it. `recovery`: its recovery key. `age`: backups of version 1 do not tell them apart. */
  kind: z.enum(['instance', 'recovery', 'age', 'kms']),
  /** Of age keys the recipient, `age1...`; of a key service the name of the key there. */
  id: z.string(),
  version: z.string().optional(),
})
export type Recipient = z.infer<typeof recipientSchema>

const encryptionSchema = z.object({
  format: z.enum(encryptionFormats),
  /** The file beside this one with the backup's own key, wrapped. */
  keyFile: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z0-9]+$/),
  keySha256: sha256Schema,
  /** The public half of the backup's own key. */
  recipient: z.string(),
  wrappedFor: z.array(recipientSchema).min(1),
})

/** What has to be restored before it: `base` is the full backup that everything goes back to, `parent` the one just before. */
const chainSchema = z.object({ base: z.uuid(), parent: z.uuid() })

/** From where to where of the source's log it reaches; positions are the engine's own. */
const rangeSchema = z.object({
  from: z.string(),
  to: z.string(),
  timeline: z.string(),
  /** Whose log it is: the folder of it. */
  identity: z.string(),
})

const currentSchema = z.object({
  format: z.literal('holdfast-backup'),
  version: z.literal(2),
  instanceId: z.string(),
  backupId: z.uuid(),
  source: z.object({
    id: z.uuid(),
    name: z.string(),
    engine: engineNameSchema,
    /** What was backed up, for people, e.g. the name of the database. */
    label: z.string().nullable(),
  }),
  method: backupKindSchema,
  /** The server or place it was taken from, as the engine tells one from another; null: it cannot. */
  identity: z.string().nullable(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Version of the server. */
  engineVersion: z.string().nullable(),
  /** The tool that wrote the parts. Its version is what a restore needs at least. */
  tool: z.object({ name: z.string(), version: z.string() }).nullable(),
  facts: factsSchema.default({}),
  measures: measuresSchema.default([]),
  chain: chainSchema.nullable(),
  range: rangeSchema.nullable(),
  /** The earliest and the latest moment that can be recovered to with this backup; null where it is of one moment. */
  earliestTarget: z.iso.datetime().nullable(),
  latestTarget: z.iso.datetime().nullable(),
  /** Null: nothing of it is encrypted. */
  encryption: encryptionSchema.nullable(),
  parts: z.array(manifestPartSchema).min(1),
  howToRestore: z.array(z.string()),
  /** RESTORE.md beside it; absent in backups from before there was one. */
  restoreGuide: z.object({ file: z.string(), storedBytes: z.number(), storedSha256: z.string() }).optional(),
})
export type Manifest = z.infer<typeof currentSchema>

/**
 * The file that describes one backup in the repository. It is written last: a backup without it does not exist.
 * Everything a restore needs is in it or beside it; nothing in it is secret. Version 1 is read as what it would be today.
 */
export const manifestSchema = z.preprocess(upgradeManifest, currentSchema)
