import { z } from 'zod'
import { checkSchema, checkVerdictSchema, type RestoreTest } from '../../contracts/backup'
import { engineNameSchema, failureSchema } from '../../contracts/common'
import { restoreTestLevelSchema } from '../../contracts/schedule'
import type { Prisma } from '../generated/client'
import type { RestoreTestModel } from '../generated/models/RestoreTest'
import { jsonObject } from './json-object'
import { parseOrNull } from './parse-or-null'

/** What a query must include for `toRestoreTest`. */
export const restoreTestInclude = {
  backup: { select: { sourceId: true, source: { select: { name: true, engine: true } } } },
} as const satisfies Prisma.RestoreTestInclude

export type RestoreTestRow = RestoreTestModel & {
  backup: { sourceId: string; source: { name: string; engine: string } }
}

const checksSchema = z.array(checkSchema)

/** A restore test as the API shows it; `verdict` is null while it runs. */
export function toRestoreTest(row: RestoreTestRow): RestoreTest {
  return {
    id: row.id,
    backupId: row.backupId,
    sourceId: row.backup.sourceId,
    sourceName: row.backup.source.name,
    engine: engineNameSchema.parse(row.backup.source.engine),
    jobId: row.jobId,
    level: restoreTestLevelSchema.parse(row.level),
    verdict: parseOrNull(checkVerdictSchema, row.verdict),
    checks: checksSchema.parse(row.checks),
    evidence: row.evidence === null ? null : jsonObject(row.evidence),
    signed: row.signedEvidence !== null,
    error: parseOrNull(failureSchema, row.error),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    durationMs: row.durationMs,
  }
}
