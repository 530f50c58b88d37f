import { auditSearch } from '@/components/audit/audit-search'
import { backupSearch } from '@/components/backups/backup-search'
import { recoveriesCursor } from '@/components/recovery/recoveries/recoveries-cursor'
import { alertFilterSchema } from '@/lib/contracts/alerting/alert'
import { auditQuerySchema } from '@/lib/contracts/audit'
import { backupFilterSchema } from '@/lib/contracts/backup'
import { pageQuerySchema } from '@/lib/contracts/common'
import type { SignedEvidence } from '@/lib/contracts/evidence'
import { scheduleFilterSchema } from '@/lib/contracts/schedule'
import type { StatusQuery } from '@/lib/contracts/status'
import * as access from '@/lib/client/queries/access'
import * as alert from '@/lib/client/queries/alerts'
import { auditQuery } from '@/lib/client/queries/audit'
import * as backup from '@/lib/client/queries/backups'
import * as destination from '@/lib/client/queries/destinations'
import * as evidence from '@/lib/client/queries/evidence'
import { insightQuery } from '@/lib/client/queries/insight'
import * as people from '@/lib/client/queries/people'
import * as policy from '@/lib/client/queries/policies'
import * as test from '@/lib/client/queries/restore-tests'
import { recoveryKitQuery } from '@/lib/client/queries/recovery-kit'
import { recoveriesQuery, recoveryQuery, windowsQuery } from '@/lib/client/queries/recovery'
import { restoreGrantsQuery } from '@/lib/client/queries/restore-grants'
import { restoresQuery } from '@/lib/client/queries/restores'
import { backupRetentionQuery, retentionPolicyQuery } from '@/lib/client/queries/retention'
import * as schedule from '@/lib/client/queries/schedules'
import { settingsQuery } from '@/lib/client/queries/settings'
import * as source from '@/lib/client/queries/sources'
import { statusQuery, trendQuery } from '@/lib/client/queries/status'
import { instanceFacts } from '@/lib/server/instance-facts'
import { listAlerts } from '@/lib/services/alert/list-alerts'
import { listApprovals } from '@/lib/services/approval/list-approvals'
import { listAuditEvents } from '@/lib/services/audit/list-audit-events'
import { getBackup } from '@/lib/services/backup/get-backup'
import { listBackups } from '@/lib/services/backup/list-backups'
import { listChannels } from '@/lib/services/channel/list-channels'
import { getDestination } from '@/lib/services/destination/get-destination'
import { listDestinations } from '@/lib/services/destination/list-destinations'
import { getDeadMansSwitch } from '@/lib/services/incident/get-dead-mans-switch'
import { getInsight } from '@/lib/services/insight/get-insight'
import { listInvitations } from '@/lib/services/invitation/list-invitations'
import { getOidcFacts } from '@/lib/services/oidc/get-oidc-facts'
import { getOperations } from '@/lib/services/operations/get-operations'
import { getPolicy } from '@/lib/services/policy/get-policy'
import { listPolicies } from '@/lib/services/policy/list-policies'
import { getRecovery } from '@/lib/services/recovery/get-recovery'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { listRecoveries } from '@/lib/services/recovery/list-recoveries'
import { getRecoveryKit } from '@/lib/services/recovery-kit/get-recovery-kit'
import { listRestoreGrants } from '@/lib/services/restore-grant/list-restore-grants'
import { getEvidence } from '@/lib/services/restore-test/get-evidence'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'
import { listRestoreTests } from '@/lib/services/restore-test/list-restore-tests'
import { listRestores } from '@/lib/services/restore/list-restores'
import { explainBackup } from '@/lib/services/retention/explain-backup'
import { getRetentionPolicy } from '@/lib/services/retention-policy/get-retention-policy'
import { listRetentionPolicies } from '@/lib/services/retention-policy/list-retention-policies'
import { getSchedule } from '@/lib/services/schedule/get-schedule'
import { listSchedules } from '@/lib/services/schedule/list-schedules'
import { listOwnSessions } from '@/lib/services/session/list-sessions'
import { listSignInLocks } from '@/lib/services/session/list-sign-in-locks'
import { getSettings } from '@/lib/services/settings/get-settings'
import { getSource } from '@/lib/services/source/get-source'
import { listSources } from '@/lib/services/source/list-sources'
import { getStatus } from '@/lib/services/status/get-status'
import { listUnknownObjects } from '@/lib/services/storage-care/list-unknown-objects'
import { listTokens } from '@/lib/services/token/list-tokens'
import { getMe } from '@/lib/services/user/get-me'
import { listUsers } from '@/lib/services/user/list-users'
import { seed, type Seed } from './prefetched'

/** A value of the page's address, as the screen reads it. */
export type Get = (name: string) => string | undefined

const all = { limit: 200 }
const page = (query: object) => pageQuerySchema.parse(query)

// One line a query of the browser: the same key, answered by the service behind its route.
export const statusSeed = (input: Omit<StatusQuery, 'trend'> = {}) =>
  seed(statusQuery(input), (ctx) => getStatus({ ctx, input: { ...input, trend: '0' } }))
export const trendSeed = seed(trendQuery, async (ctx) => (await getStatus({ ctx, input: { limit: 1 } })).trend)
export const sourcesSeed = seed(source.sourcesQuery(), (ctx) => listSources({ ctx, input: all }))
export const sourceSeed = (id: string) => seed(source.sourceQuery(id), (ctx) => getSource({ ctx, input: { id } }))
/** Engines without a log have none, and no screen asks for it then. */
export const windowsSeed = (id: string) => seed(windowsQuery(id), (ctx) => getWindows({ ctx, input: { sourceId: id } }))
export const restoreGrantsSeed = (id: string) =>
  seed(restoreGrantsQuery(id), (ctx) => listRestoreGrants({ ctx, input: { id } }))
export const destinationsSeed = seed(destination.destinationsQuery(), (ctx) => listDestinations({ ctx, input: all }))
export const destinationSeeds = (id: string) => [
  seed(destination.destinationQuery(id), (ctx) => getDestination({ ctx, input: { id } })),
  seed(destination.destinationCareQuery(id), (ctx) => getDestination({ ctx, input: { id } })),
  seed(destination.unknownObjectsQuery(id), (ctx) => listUnknownObjects({ ctx, input: { id } })),
]
export const schedulesSeed = seed(schedule.schedulesQuery(), (ctx) =>
  listSchedules({ ctx, input: pageQuerySchema.extend(scheduleFilterSchema.shape).parse(all) }),
)
export const scheduleSeed = (id: string) =>
  seed(schedule.scheduleQuery(id), (ctx) => getSchedule({ ctx, input: { id } }))
export const retentionPoliciesSeed = seed(schedule.retentionPoliciesQuery(), (ctx) =>
  listRetentionPolicies({ ctx, input: all }),
)
export const retentionPolicySeed = (id: string) =>
  seed(retentionPolicyQuery(id), (ctx) => getRetentionPolicy({ ctx, input: { id } }))
export const policiesSeed = seed(policy.policiesQuery(), (ctx) => listPolicies({ ctx, input: all }))
export const policySeed = (id: string) => seed(policy.policyQuery(id), (ctx) => getPolicy({ ctx, input: { id } }))

export function backupsSeed(get: Get, sourceId?: string) {
  const filter = backupSearch(get, sourceId)
  const schema = pageQuerySchema.extend(backupFilterSchema.shape)
  return seed(backup.backupsQuery(filter), (ctx) => listBackups({ ctx, input: schema.parse(filter) }))
}
export const backupSeeds = (id: string) => [
  seed(backup.backupQuery(id), (ctx) => getBackup({ ctx, input: { id } })),
  restoreTestsSeed({ backupId: id, limit: 20 }),
  restoreTestsSeed({ backupId: id, limit: 50 }),
  seed(backupRetentionQuery(id), (ctx) => explainBackup({ ctx, input: { id } })),
]
export const restoreTestsSeed = (filter: { backupId?: string; limit: number; cursor?: string | undefined }) =>
  seed(test.restoreTestsQuery(filter), (ctx) => listRestoreTests({ ctx, input: { ...filter, ...page(filter) } }))
export const evidenceSeed = (id: string) =>
  seed(evidence.evidenceQuery(id), async (ctx): Promise<SignedEvidence> =>
    JSON.parse(await getEvidence({ ctx, input: { id } })),
  )
export const restoresSeed = (get: Get) => {
  const filter = { limit: 25, cursor: get('cursor') }
  return seed(restoresQuery(filter), (ctx) => listRestores({ ctx, input: page(filter) }))
}
export const recoveriesSeed = (get: Get) => {
  const filter = { limit: 25, cursor: get(recoveriesCursor) }
  return seed(recoveriesQuery(filter), (ctx) => listRecoveries({ ctx, input: page(filter) }))
}
export const recoverySeed = (id: string) => seed(recoveryQuery(id), (ctx) => getRecovery({ ctx, input: { id } }))
export const alertsSeed = (get: Get) => {
  const filter = { cursor: get('cursor'), open: get('open') }
  const schema = pageQuerySchema.extend(alertFilterSchema.shape)
  return seed(alert.alertsQuery(filter), (ctx) => listAlerts({ ctx, input: schema.parse(filter) }))
}
export const channelsSeed = seed(alert.channelsQuery(), (ctx) => listChannels({ ctx, input: all }))
export const deadMansSwitchSeed = seed(alert.deadMansSwitchQuery(), (ctx) => getDeadMansSwitch({ ctx }))
export const auditSeed = (get: Get) => {
  const filter = { ...auditSearch(get), cursor: get('cursor') }
  return seed(auditQuery(filter), (ctx) => listAuditEvents({ ctx, input: auditQuerySchema.parse(filter) }))
}
export const insightSeed = seed(insightQuery(20), (ctx) => getInsight({ ctx, input: { limit: 20 } }))
export const recoveryKitSeed = seed(recoveryKitQuery(), (ctx) => getRecoveryKit({ ctx }))
const evidenceKeySeed = seed(evidence.evidenceKeyQuery(), (ctx) => getEvidenceKey({ ctx }))
export const settingsSeed = seed(settingsQuery(), (ctx) => getSettings({ ctx, input: instanceFacts() }))
export const operationsSeed = seed(access.accessSettingsQuery(), (ctx) => getOperations({ ctx }))

/** What each tab of the settings shows first. */
const settingsTabSeeds: Record<string, readonly Seed[]> = {
  profile: [
    seed(access.meQuery(), (ctx) => getMe({ ctx })),
    seed(access.ownSessionsQuery(), (ctx) => listOwnSessions({ ctx, input: all })),
  ],
  users: [
    seed(people.usersQuery(), (ctx) => listUsers({ ctx, input: all })),
    seed(access.invitationsQuery(), (ctx) => listInvitations({ ctx, input: page({}) })),
    seed(access.signInLocksQuery(), (ctx) => listSignInLocks({ ctx })),
    operationsSeed,
  ],
  'sign-on': [operationsSeed, seed(access.oidcQuery(), (ctx) => getOidcFacts({ ctx }))],
  approvals: [operationsSeed, seed(access.approvalsQuery(), (ctx) => listApprovals({ ctx, input: page({}) }))],
  tokens: [seed(people.tokensQuery(), (ctx) => listTokens({ ctx, input: all })), sourcesSeed],
  channels: [channelsSeed, sourcesSeed, operationsSeed, deadMansSwitchSeed],
  limits: [operationsSeed, destinationsSeed],
  watching: [operationsSeed, deadMansSwitchSeed],
  recovery: [settingsSeed, operationsSeed, recoveryKitSeed, evidenceKeySeed],
  about: [settingsSeed, evidenceKeySeed],
}

export const seedsOfTab = (tab: string | undefined): readonly Seed[] =>
  (tab && Object.hasOwn(settingsTabSeeds, tab) ? settingsTabSeeds[tab] : undefined) ?? settingsTabSeeds['profile'] ?? []
