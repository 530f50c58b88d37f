import { postgresOptionsSchema, type PostgresOptions } from '@/lib/contracts/engines/postgres'
import type { SourceSpec } from '@/lib/ports/source-spec'

/** The source's options with those of this engine, defaults filled in. */
export const postgresOptions = ({ options }: Pick<SourceSpec, 'options'>): PostgresOptions =>
  postgresOptionsSchema.parse(options)

/** The password of the source's role; null: none was given. */
export const passwordOf = ({ secrets }: Pick<SourceSpec, 'secrets'>): string | null => secrets['password'] ?? null
