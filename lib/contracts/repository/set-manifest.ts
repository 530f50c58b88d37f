import { z } from 'zod'
import { backupFolderOf, manifestFile, sourceFolder } from '../../core/repository/paths'
import { engineNameSchema } from '../common'

/** The backup of one member, where it lies in the same destination. */
const memberSchema = z
  .object({
    sourceId: z.uuid(),
    name: z.string(),
    engine: engineNameSchema,
    backupId: z.uuid(),
    /** Its folder below the destination's prefix, ends with "/". */
    folder: z.string(),
    manifestSha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .refine(
    ({ folder, sourceId, backupId }) =>
      folder.startsWith(sourceFolder(sourceId)) &&
      backupFolderOf(folder + manifestFile)?.folder === folder &&
      backupFolderOf(folder + manifestFile)?.backupId === backupId,
    'The folder of a member is that of its backup',
  )

/**
 * The manifest of one backup of a set: sources that are backed up and restored as one system. It lies in a folder of its own
 * (lib/core/repository/set-paths.ts), is written after the manifests of all members, and is signed as a backup's is. Nothing
 * in it is secret.
 */
export const setManifestSchema = z.object({
  format: z.literal('holdfast-set'),
  version: z.literal(1),
  instanceId: z.string(),
  backupId: z.uuid(),
  set: z.object({ id: z.uuid(), name: z.string() }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** In the order in which they are restored. */
  members: z
    .array(memberSchema)
    .min(1)
    .refine(
      (members) => new Set(members.map(({ sourceId }) => sourceId)).size === members.length,
      'A set has each member once',
    ),
  /** What was found out about the whole and belongs to no member. */
  facts: z.record(z.string(), z.unknown()).default({}),
  howToRestore: z.array(z.string()),
  /** RESTORE.md beside it. */
  restoreGuide: z.object({ file: z.string(), storedBytes: z.number(), storedSha256: z.string() }).optional(),
})
export type SetManifest = z.infer<typeof setManifestSchema>
