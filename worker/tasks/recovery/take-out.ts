import { createReadStream, createWriteStream } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { manifestSchema, type Manifest, type ManifestPart } from '@/lib/contracts/repository/manifest'
import { usualMethod } from '@/lib/contracts/engines/index'
import { partFile } from '@/lib/core/repository/paths'
import type { StoredRecovery } from '@/lib/db/catalog/recovery'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { checkStored } from '@/lib/pipeline/check-stored'
import { HashStage } from '@/lib/pipeline/hash'
import { openPart } from '@/lib/pipeline/open-part'
import { storePart } from '@/lib/pipeline/store-part'
import type { BackupPart, BackupSession } from '@/lib/ports/backup-method'
import type { RecoveredPoint } from '@/lib/ports/recovery-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { Storage, StoredObject } from '@/lib/ports/storage'
import { sideBySide } from '@/lib/process/side-by-side'
import { methodOfBackup } from '@/lib/services/backup/method-of'
import { assertLease } from '@/lib/services/job/assert-lease'
import { checkGrant, checkServer } from '@/lib/services/restore/check-target'
import { findSource } from '@/lib/services/source/find-source'
import { sourceSpec } from '@/lib/services/source/source-spec'
import { sandboxOrder } from '../../sandbox-order'
import type { TaskArgs } from '../../task'

/**
 * Takes a dump of a recovered server into a private folder and restores it into the target, like every other dump: with the same checks, to a
 * new place, and removed when it fails.
 */
export async function takeOut(
  args: TaskArgs,
  { source, take, point }: { source: SourceModel; take: NonNullable<StoredRecovery['take']>; point: RecoveredPoint },
): Promise<string[]> {
  const { ctx, run, job, home } = args
  const target = await findSource(ctx.db, take.into.sourceId)
  const ends = { source, target }
  // What held when it was asked for need not hold any more: roles change, and grants are withdrawn.
  await checkServer(ctx, ends, run)
  await ctx.db.$transaction(async (tx) => {
    await assertLease(tx, job)
    await checkGrant(tx, ends)
  })
  const spec = point.sourceOf(take.database, await sourceSpec(ctx, source))
  const { scratch } = point
  const storage: Pick<Storage, 'get'> = {
    get: async (file) => createReadStream(path.join(scratch, file)),
  }
  const method = methodOfBackup(ctx, { source: spec, method: usualMethod(source.engine, { dumps: true }).kind })
  const manifest = await dump(await method.begin(spec, run, { scratch }), spec, scratch, run)
  const keyOf = ({ file }: ManifestPart) => file
  const { warnings } = await method.restore(
    {
      manifest,
      open: (part, scope) => openPart({ storage, key: keyOf(part), part, decrypt: null, storedBytesOnly: true }, scope),
      check: (parts, scope) => checkStored(storage, keyOf, parts, scope),
      target: { ...take.into, source: await sourceSpec(ctx, target) },
      keepOut: (await sandboxOrder(ctx, home)).keepOut,
    },
    run,
  )
  return warnings
}

async function dump(session: BackupSession, spec: SourceSpec, folder: string, run: RunContext): Promise<Manifest> {
  const startedAt = run.clock.now().toISOString()
  try {
    const parts = await sideBySide(session.parts.length, session.parts, run, (part, scope) =>
      storeOne(part, spec, folder, scope),
    )
    await session.confirm()
    const { engineVersion, tool, identity, facts, measures } = session
    const id = crypto.randomUUID()
    return manifestSchema.parse({
      ...{ format: 'holdfast-backup', version: 2, instanceId: id, backupId: id, method: session.kind },
      source: { id: spec.id, name: spec.name, engine: spec.engine, label: session.label },
      ...{ startedAt, finishedAt: run.clock.now().toISOString(), engineVersion, tool, identity, facts, measures },
      ...{ parts, chain: null, range: null, earliestTarget: null, latestTarget: null },
      ...{ encryption: null, howToRestore: [] },
    })
  } finally {
    await session.close()
  }
}

async function storeOne(part: BackupPart, spec: SourceSpec, folder: string, run: RunContext): Promise<ManifestPart> {
  const { compression, compressionLevel } = spec.options
  const file = partFile(part.base, compression, 'none')
  const { outcomes, ...stored } = await storePart(
    {
      produce: (scope) => part.open(scope),
      ...{ compression, compressionLevel, seekable: part.seekable, encrypt: null },
      expectedBytes: part.expectedBytes,
      sinks: [{ id: file, consume: (body) => write(path.join(folder, file), body, run) }],
    },
    run,
  )
  const outcome = outcomes.get(file)
  if (!outcome?.ok) throw outcome?.error
  return { role: part.role, file, ...stored, compression, encrypted: false, facts: part.facts ?? {} }
}

async function write(file: string, body: Readable, { signal }: RunContext): Promise<StoredObject> {
  const hash = new HashStage()
  await pipeline([body, hash, createWriteStream(file, { flags: 'wx', mode: 0o600 })], { signal })
  return { key: file, sizeBytes: hash.bytes, sha256: hash.sha256() }
}
