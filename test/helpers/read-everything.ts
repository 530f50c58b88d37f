import type { Page } from '@/lib/contracts/common'
import { listAlerts } from '@/lib/services/alert/list-alerts'
import { listAuditEvents } from '@/lib/services/audit/list-audit-events'
import { getBackup } from '@/lib/services/backup/get-backup'
import { listBackups } from '@/lib/services/backup/list-backups'
import { listChannels } from '@/lib/services/channel/list-channels'
import type { ServiceContext } from '@/lib/services/context'
import { listDestinations } from '@/lib/services/destination/list-destinations'
import { listJobs } from '@/lib/services/job/list-jobs'
import { getOperations } from '@/lib/services/operations/get-operations'
import { listPolicies } from '@/lib/services/policy/list-policies'
import { getRecoveryKit } from '@/lib/services/recovery-kit/get-recovery-kit'
import { listRestores } from '@/lib/services/restore/list-restores'
import { getEvidence } from '@/lib/services/restore-test/get-evidence'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'
import { listRestoreTests } from '@/lib/services/restore-test/list-restore-tests'
import { listRetentionPolicies } from '@/lib/services/retention-policy/list-retention-policies'
import { listSchedules } from '@/lib/services/schedule/list-schedules'
import { listSources } from '@/lib/services/source/list-sources'
import { listTokens } from '@/lib/services/token/list-tokens'
import { listUsers } from '@/lib/services/user/list-users'

/**
 * What the API answers about a small instance, as JSON carries it. The script that makes a stored sample
 * (test/fixtures/version-1) writes it down with the services of its version; the test asks those of today.
 */
export async function readEverything(ctx: ServiceContext): Promise<Record<string, unknown>> {
  const input = { limit: 200 }
  const all = <T>({ items, nextCursor }: Page<T>): T[] => {
    if (nextCursor !== null) throw new Error('The sample has more than one page: what is beyond would not be compared.')
    return items
  }
  const backups = all(await listBackups({ ctx, input: { ...input, sort: '-startedAt' } }))
  const restoreTests = all(await listRestoreTests({ ctx, input }))
  const answers = {
    sources: all(await listSources({ ctx, input })),
    destinations: all(await listDestinations({ ctx, input })),
    backups,
    backupDetails: await Promise.all(backups.map(({ id }) => getBackup({ ctx, input: { id } }))),
    schedules: all(await listSchedules({ ctx, input })),
    policies: all(await listPolicies({ ctx, input })),
    retentionPolicies: all(await listRetentionPolicies({ ctx, input })),
    channels: all(await listChannels({ ctx, input })),
    alerts: all(await listAlerts({ ctx, input })),
    tokens: all(await listTokens({ ctx, input })),
    users: all(await listUsers({ ctx, input })),
    jobs: all(await listJobs({ ctx, input })),
    restores: all(await listRestores({ ctx, input })),
    restoreTests,
    evidence: await Promise.all(restoreTests.map(({ id }) => getEvidence({ ctx, input: { id } }))),
    evidenceKey: getEvidenceKey({ ctx }),
    auditEvents: all(await listAuditEvents({ ctx, input })),
    recoveryKit: await getRecoveryKit({ ctx }),
    operations: await getOperations({ ctx }),
  }
  const carried: Record<string, unknown> = JSON.parse(JSON.stringify(answers))
  return carried
}
