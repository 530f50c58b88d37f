import { z } from 'zod'

const headerSchema = z.object({
  sizeBytes: z.number().int().nonnegative(),
  wal: z.boolean(),
  pageSize: z.number().int(),
  userVersion: z.number().int(),
  applicationId: z.number().int(),
})

export const inspectedSchema = headerSchema.extend({
  version: z.string(),
  tableCount: z.number().int().nonnegative(),
  writable: z.boolean(),
  walBytes: z.number().nullable(),
  journalBytes: z.number().nullable(),
})
export type Inspected = z.infer<typeof inspectedSchema>

export const copiedSchema = z.object({ journalMode: z.string() })

const countSchema = z.number().int().nonnegative()
export const tableSchema = z.object({
  name: z.string(),
  /** Null: it is damaged. */
  rows: countSchema.nullable(),
  /** Of its values as they are stored, in the order of the table; absent: not asked for. */
  sha256: z.string().optional(),
  failed: z.string().optional(),
})

/** What one database holds. The same schema reads the answer about a restored one and the facts of a part. */
export const examinedSchema = headerSchema.extend({
  version: z.string(),
  objects: z.object({ table: countSchema, index: countSchema, view: countSchema, trigger: countSchema }),
  schemaSha256: z.string(),
  /** Tables whose rows are in others, their shadow tables, or nowhere. */
  virtual: z.array(z.string()),
  tables: z.array(tableSchema),
  /** What `PRAGMA integrity_check` says; empty: it is whole. */
  integrity: z.array(z.string()),
  foreignKeys: z.object({ violations: countSchema, failed: z.string().optional() }),
  /** What needs something of the application's that is not here. */
  notes: z.array(z.string()),
})
export type Examined = z.infer<typeof examinedSchema>

export const answersSchema = z.object({ answers: z.array(z.string().nullable()) })
export const quickSchema = z.object({ integrity: z.array(z.string()) })
