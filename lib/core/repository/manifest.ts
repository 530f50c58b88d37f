import { z } from 'zod'
import { compressionSchema } from '../../contracts/engines/common'
import { engineNameSchema } from '../../contracts/common'
import { backupKindSchema } from '../../contracts/backup'

/**
 * `archive`: a pg_dump custom archive with the whole schema, and all data that no `data` part holds. `data`: a custom
 * archive with the rows of some large tables, of the same snapshot. `globals`: roles and tablespaces as SQL.
 */
export const partRoleSchema = z.enum(['archive', 'data', 'globals'])
export type PartRole = z.infer<typeof partRoleSchema>

/** One stored object of a backup. Sizes in bytes, hashes SHA-256 in lower-case hex. */
export const manifestPartSchema = z.object({
  role: partRoleSchema,
  /** File name inside the backup's folder, e.g. `0001.dump.zst.age`. */
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  sourceBytes: z.number().int().nonnegative(),
  sourceSha256: z.string().regex(/^[0-9a-f]{64}$/),
  storedBytes: z.number().int().nonnegative(),
  storedSha256: z.string().regex(/^[0-9a-f]{64}$/),
  compression: compressionSchema,
  encryption: z.enum(['age', 'none']),
  /** Of `data`: the tables whose rows it holds. */
  tables: z.array(z.object({ schema: z.string(), name: z.string() })).optional(),
})
export type ManifestPart = z.infer<typeof manifestPartSchema>

/**
 * The file that describes one backup in the repository. It is written last: a backup without it does not exist.
 * Everything a restore needs is in it or beside it; nothing in it is secret.
 */
export const manifestSchema = z.object({
  format: z.literal('holdfast-backup'),
  version: z.literal(1),
  instanceId: z.string(),
  backupId: z.uuid(),
  source: z.object({ id: z.uuid(), name: z.string(), engine: engineNameSchema, database: z.string().optional() }),
  kind: backupKindSchema,
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  serverVersion: z.string(),
  /** Version of the tool that wrote the parts, and that a restore needs at least. */
  toolVersion: z.string(),
  /** Facts an engine wants back at restore time (extensions, encoding, locale, largest tables). */
  engineFacts: z.record(z.string(), z.unknown()).default({}),
  /** Present when parts are encrypted: the file beside this one with the wrapped identity, and for whom it is wrapped. */
  encryption: z
    .object({
      identityFile: z.string(),
      identityRecipient: z.string(),
      wrappedFor: z.array(z.string()),
      identitySha256: z.string(),
    })
    .nullable(),
  parts: z.array(manifestPartSchema).min(1),
  howToRestore: z.array(z.string()),
  /** RESTORE.md beside it; absent in backups from before there was one. */
  restoreGuide: z.object({ file: z.string(), storedBytes: z.number(), storedSha256: z.string() }).optional(),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The one part of a role there is one of. */
export function partOf(manifest: Manifest, role: 'archive' | 'globals'): ManifestPart | undefined {
  return manifest.parts.find((part) => part.role === role)
}

/** The parts with rows: the archive first. */
export function dataPartsOf(manifest: Manifest): ManifestPart[] {
  return manifest.parts
    .filter((part) => part.role !== 'globals')
    .sort((a, b) => Number(a.role === 'data') - Number(b.role === 'data'))
}
