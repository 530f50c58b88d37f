import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import type { z } from 'zod'

const expectationsSchema = postgresOptionsSchema.pick({ assertions: true, criticalTables: true })

/** What a restored database is asked: questions in SQL, and tables that must not be empty. */
export type Expectations = z.infer<typeof expectationsSchema>

/** Those among a source's options. */
export const expectationsOf = (options: Readonly<Record<string, unknown>> | undefined): Expectations =>
  expectationsSchema.parse(options ?? {})
