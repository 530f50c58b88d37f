import type { z } from 'zod'
import { sqliteConnectionSchema, sqliteOptionsSchema } from '@/lib/contracts/engines/sqlite'
import type { SourceSpec } from '@/lib/ports/source-spec'

/** The path of a source, or its pattern. */
export const pathOf = ({ connection }: SourceSpec): string => sqliteConnectionSchema.parse(connection).path

/** With defaults for what an older row lacks. */
export const sqliteOptions = ({ options }: SourceSpec): z.infer<typeof sqliteOptionsSchema> =>
  sqliteOptionsSchema.parse(options)
