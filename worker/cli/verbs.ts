import { z } from 'zod'
import { backupKinds, backupKindSchema } from '@/lib/contracts/backup-kind'
import { restoreTestLevelSchema } from '@/lib/contracts/schedule'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { listBackups } from '@/lib/services/backup/list-backups'
import { startBackup } from '@/lib/services/backup/start-backup'
import type { ServiceContext } from '@/lib/services/context'
import { getEvidence } from '@/lib/services/restore-test/get-evidence'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { getStatus } from '@/lib/services/status/get-status'
import { audit } from './audit'
import { followed } from './followed'
import { bytes, duration, table, time } from './print'
import { endLook, query, recover, restorePoint } from './recover'
import { restore, restoreForms } from './restore'
import { rotateMasterKey } from './rotate-master-key'
import { statusText } from './status-text'
import { token } from './token'
import { sourceId, usageError, type Answer, type Options, type Verb } from './verb'
import { verifyAuditFile } from './verify-audit'
import { verifyManifests } from './verify-manifests'
import { verifyEvidenceFile } from './verify-evidence'
import { pushFile } from './wal-push'
import { watchStatus } from './watch-status'

async function destinationId(ctx: ServiceContext, name: string): Promise<string> {
  const row = await ctx.db.destination.findFirst({ where: { deletedAt: null, name }, select: { id: true } })
  if (row) return row.id
  throw new HoldfastError('not-found', `There is no destination called "${name}".`)
}

const status: Verb = async (ctx, _args, options) => {
  if (options.watch) {
    await watchStatus(ctx, options.json ?? false)
    return null
  }
  const state = await getStatus({ ctx })
  return { json: state, text: statusText(state), ok: state.health === 'healthy' }
}

const backup: Verb = async (ctx, [name], options) => {
  if (!name) throw usageError('Name the source to back up.')
  const kind = backupKindSchema.optional().safeParse(options.kind)
  if (!kind.success) throw usageError(`--kind is one of: ${backupKinds.join(', ')}.`)
  const destinationIds = await Promise.all((options.destination ?? []).map((each) => destinationId(ctx, each)))
  const { jobId } = await startBackup({
    ctx,
    input: {
      sourceId: await sourceId(ctx, name),
      ...(kind.data ? { kind: kind.data } : {}),
      ...(destinationIds.length > 0 ? { destinationIds } : {}),
    },
  })
  return followed(ctx, jobId, options)
}

const list: Verb = async (ctx, _args, options) => {
  const limit = z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .safeParse(options.limit ?? 20)
  if (!limit.success) throw usageError('--limit is a number from 1 to 200.')
  const page = await listBackups({
    ctx,
    input: {
      limit: limit.data,
      sort: '-startedAt',
      ...(options.source ? { sourceId: await sourceId(ctx, options.source) } : {}),
    },
  })
  const rows = page.items.map((item) => [
    item.id,
    item.sourceName,
    item.status,
    item.verified,
    time(item.startedAt),
    duration(item.durationMs),
    bytes(item.storedBytes),
  ])
  return {
    json: page,
    text: table(['id', 'source', 'status', 'verified', 'started', 'took', 'stored'], rows),
    ok: true,
  }
}

const test: Verb = async (ctx, [name], options) => {
  if (!name) throw usageError('Name the backup (id) or the source whose latest backup is tested.')
  const level = restoreTestLevelSchema.safeParse(options.level ?? 'standard')
  if (!level.success) throw usageError('--level is quick, standard or comprehensive.')
  const known =
    z.uuid().safeParse(name).success && (await ctx.db.backup.findUnique({ where: { id: name }, select: { id: true } }))
  const subject = known ? { backupId: name } : { sourceId: await sourceId(ctx, name) }
  const { jobId } = await startRestoreTest({ ctx, input: { ...subject, level: level.data } })
  return followed(ctx, jobId, options)
}

const evidence: Verb = async (ctx, [id]) => {
  if (!id || !z.uuid().safeParse(id).success) throw usageError('Give the id of the restore test.')
  const text = await getEvidence({ ctx, input: { id } })
  return { json: JSON.parse(text), text, ok: true }
}

const evidenceKey: Verb = async (ctx) => {
  const key = getEvidenceKey({ ctx })
  return { json: key, text: key.pem.trimEnd(), ok: true }
}

/** The only list of verbs. */
export const verbs: Record<string, Verb> = {
  status,
  backup,
  list,
  test,
  restore,
  recover,
  query,
  'end-look': endLook,
  'restore-point': restorePoint,
  token,
  audit,
  evidence,
  'evidence-key': evidenceKey,
  'rotate-master-key': (ctx, _args, _options, home) => rotateMasterKey(ctx, home),
}

/** Those that need no Holdfast to be there. */
export const offlineVerbs: Record<string, (args: string[], options: Options) => Promise<Answer>> = {
  'wal-push': async ([file], _options) => {
    if (!file) throw usageError("Name the file: archive_command = 'holdfast wal-push %p'.")
    await pushFile(file, process.env)
    return { json: { file }, text: '', ok: true }
  },
  'verify-evidence': async ([file], options) => {
    if (!file) throw usageError('Name the evidence file.')
    return verifyEvidenceFile(file, options.key)
  },
  'verify-manifests': async ([place], options) => {
    if (!place) throw usageError('Name the folder, or the bucket as s3://BUCKET/PREFIX.')
    return verifyManifests(place, options)
  },
  'verify-audit': async ([file], options) => {
    if (!file) throw usageError('Name the exported audit log (JSON lines).')
    return verifyAuditFile(file, options)
  },
}

export const help = `Usage: npm run holdfast -- VERB [--json]

  status [--watch]                         what is protected and proven, and what is not; drawn anew every two seconds
  backup SOURCE [--destination NAME]... [--kind KIND]
                                           back up now; a kind where its engine has several
  list [--source NAME] [--limit N]         the newest backups
  test BACKUP|SOURCE [--level LEVEL]       restore test: quick, standard, comprehensive
  restore BACKUP --to PLACE [--on SOURCE]  into a new place:
${restoreForms}
  recover SOURCE POINT --look | --to DATABASE [--on SOURCE] [--database NAME] [--only ...] | --directory FOLDER [--here]
                                           to a point: latest, immediate, time=TIME, lsn=POSITION, xid=NUMBER, name=NAME;
                                           --here makes the folder on this machine, without a worker
  query RECOVERY SQL [--database NAME]     ask an open look
  end-look RECOVERY                        remove it
  restore-point SOURCE NAME                name this moment in the log of a source
  token create NAME [--role ROLE] [--days N] [--scope SCOPE]... [--only-source NAME]...
  token list | token revoke NAME|ID        scopes: see docs/audit.md
  audit verify                             read the whole audit log and check its hash chain
  audit secrets | audit redact             where pasted passwords are readable; blank them in the records
  evidence TEST                            the signed evidence of a restore test, for a file
  evidence-key                             the public key that it is checked with
  rotate-master-key                        replace the master key, while Holdfast is stopped; can be repeated
  verify-evidence FILE [--key KEY]         what a file proves; works where no Holdfast is
  verify-manifests PLACE --key KEY [--endpoint URL] [--region REGION]
                                           whether backups were forged, removed or replaced; PLACE is a folder or
                                           s3://BUCKET/PREFIX; works where no Holdfast is
  verify-audit FILE [--evidence FILE] [--key KEY]
                                           check an exported audit log; works where no Holdfast is

  wal-push FILE                            hand a file of a PostgreSQL server's log in: its archive_command

  --no-wait   start the work and return     --json   machine-readable answer

Exit codes: 0 good, 1 the work or the state is not good, 2 wrong use, 3 the catalog cannot be reached.`
