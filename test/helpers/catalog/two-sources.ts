import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { logRows } from './log-rows'

/** Everything that hangs on one source, with ids. Names and texts have `marker` in them, so that it is found anywhere. */
export interface SourceRows {
  marker: string
  source: string
  schedule: string
  job: string
  backup: string
  copy: string
  restoreTest: string
  restore: string
  recovery: string
  alert: string
}

/** Writes a source with one of everything into the catalog; the destination is shared. */
export async function sourceRows(
  db: Db,
  marker: string,
  shared: { destination: string; policy: string; retention: string },
) {
  const now = new Date()
  const source = await db.source.create({
    data: {
      name: `${marker} source`,
      engine: 'postgres',
      connection: { host: `${marker}.invalid`, port: 5432, database: marker, user: 'x', ssl: 'disable' },
      options: {},
    },
  })
  const schedule = await db.schedule.create({
    data: {
      sourceId: source.id,
      action: 'backup',
      cron: '0 2 * * *',
      timeZone: 'UTC',
      destinationIds: [shared.destination],
      retentionPolicyId: shared.retention,
      policyId: shared.policy,
      options: {},
      evaluatedUntil: now,
    },
  })
  const jobRow = {
    state: 'queued',
    input: {},
    actor: { type: 'cli', user: marker, role: 'admin' },
    sourceId: source.id,
  }
  const job = await db.job.create({ data: { ...jobRow, kind: 'backup', error: { code: 'x', message: marker } } })
  const backup = await db.backup.create({
    data: {
      sourceId: source.id,
      jobId: job.id,
      kind: 'logical',
      status: 'succeeded',
      startedAt: now,
      finishedAt: now,
      storedBytes: 1_000n,
      repositoryPath: `${marker}/`,
      note: marker,
      verified: 'proven',
      provenAt: now,
    },
  })
  const copy = await db.backupCopy.create({
    data: { backupId: backup.id, destinationId: shared.destination, state: 'stored', storedBytes: 1_000n },
  })
  const restoreTest = await db.restoreTest.create({
    data: {
      backupId: backup.id,
      jobId: randomUUID(),
      level: 'standard',
      verdict: 'passed',
      checks: [],
      evidence: { marker },
      signedEvidence: JSON.stringify({ marker }),
      startedAt: now,
      finishedAt: now,
      durationMs: 5,
    },
  })
  const restore = await db.restore.create({
    data: {
      backupId: backup.id,
      jobId: randomUUID(),
      target: { database: marker, owners: 'keep', sourceId: source.id },
      state: 'succeeded',
      startedAt: now,
    },
  })
  const recovery = await db.recovery.create({
    data: {
      sourceId: source.id,
      jobId: randomUUID(),
      input: { target: { type: 'name', value: marker }, use: 'look' },
      state: 'closed',
      notes: [marker],
      startedAt: now,
    },
  })
  await db.recoveryQuery.create({ data: { recoveryId: recovery.id, statement: marker } })
  const alert = await db.alert.create({
    data: {
      key: `backup-failed:${source.id}`,
      event: 'backup-failed',
      severity: 'critical',
      sourceId: source.id,
      title: marker,
      body: marker,
      facts: {},
      openedAt: now,
      lastSeenAt: now,
    },
  })
  await logRows(db, { sourceId: source.id, destinationId: shared.destination, marker })
  return {
    marker,
    source: source.id,
    schedule: schedule.id,
    job: job.id,
    backup: backup.id,
    copy: copy.id,
    restoreTest: restoreTest.id,
    restore: restore.id,
    recovery: recovery.id,
    alert: alert.id,
  } satisfies SourceRows
}

/** Two sources that share a destination, a retention policy and a shared policy. */
export async function twoSources(
  db: Db,
): Promise<{ mine: SourceRows; other: SourceRows; destination: string; policy: string; retention: string }> {
  const destination = await db.destination.create({
    data: { name: 'shared store', kind: 'local', config: { path: '/nowhere' } },
  })
  const retention = await db.retentionPolicy.create({ data: { name: 'shared rules', rules: {} } })
  const policy = await db.policy.create({
    data: {
      name: 'shared timing',
      action: 'backup',
      cron: '0 2 * * *',
      timeZone: 'UTC',
      destinationIds: [destination.id],
      options: {},
    },
  })
  const shared = { destination: destination.id, policy: policy.id, retention: retention.id }
  return {
    mine: await sourceRows(db, 'mine-aaaa', shared),
    other: await sourceRows(db, 'other-zzzz', shared),
    ...shared,
  }
}
