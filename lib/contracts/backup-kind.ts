import { z } from 'zod'

/** The kind of a backup is the method it was taken by. */
export const backupKinds = ['logical', 'base', 'incremental', 'snapshot'] as const
export const backupKindSchema = z.enum(backupKinds)
export type BackupKind = z.infer<typeof backupKindSchema>
