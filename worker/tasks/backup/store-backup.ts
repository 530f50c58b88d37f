import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { toFailure } from '@/lib/core/holdfast-error'
import { manifestSchema, type Manifest, type ManifestPart } from '@/lib/core/repository/manifest'
import { toolPriority } from '@/lib/core/tool-priority'
import { identityFile, manifestFile, partFile, restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { requireCodec } from '@/lib/pipeline/codec-programs'
import { storePart } from '@/lib/pipeline/store-part'
import { Throttle } from '@/lib/pipeline/throttle'
import type { BackupPart, BackupSession, SourceSpec } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { sideBySide } from '@/lib/process/side-by-side'
import { writeGuide } from '@/lib/services/backup/write-guide'
import { instanceId } from '@/lib/services/instance/instance-settings'
import { readRecoveryKey } from '@/lib/services/settings/read-recovery-key'
import { checkingSignature } from '@/lib/core/repository/checking-signature'
import { stepLines } from '@/lib/core/repository/hand-step'
import { checkFiles } from '@/lib/core/repository/restore-guide'
import { signManifest } from '@/lib/services/signature/sign-manifest'
import type { ChainPosition } from '@/lib/core/repository/manifest-signature'
import type { TaskArgs } from '../../task'
import { PartProgress } from './part-progress'

/** One destination of this run; once it has an error it is left out and its copy is `failed`. */
export interface DestinationRun {
  id: string
  name: string
  storage: Storage
  error: unknown
  /** Aborted with the error: what other parts are sending there ends too. */
  stop: AbortController
}

export interface StoredBackup {
  manifest: Manifest
  manifestSha256: string
  /** Its number, and the hash of its signature file. */
  position: ChainPosition
  signature: string
  sourceBytes: number
  storedBytes: number
  /** What the backup lacks, and what its tools warned of. */
  withheld: string[]
  toolWarnings: string[]
}

interface Input {
  args: TaskArgs
  spec: SourceSpec
  backup: { id: string; folder: string; startedAt: Date }
  destinations: DestinationRun[]
}

/**
 * Streams every part of the source to every destination, then the wrapped key, the signature and the manifest: last, and
 * only while the lease is held. Throws when no destination is left; a destination that fails alone is noted and left out.
 */
export async function storeBackup(input: Input): Promise<StoredBackup> {
  const { args, spec, backup } = input
  const { ctx, run } = args
  run.progress({ phase: 'connecting', doneBytes: 0 })
  requireCodec(spec.options.compression)
  const session = await ctx.engine(spec.engine).beginBackup(spec, run, { attempt: args.job.attempt })
  try {
    for (const warning of session.warnings) run.logger.warn(warning)
    run.logger.info('source opened', { serverVersion: session.serverVersion, toolVersion: session.toolVersion })
    const key = spec.options.encryption === 'age' ? await makeKey(args) : null
    const parts = await storeParts(input, session, key?.recipient ?? null)
    for (const warning of session.toolWarnings) run.logger.warn(warning)
    await session.confirm()
    // The session's snapshot holds back vacuum on the source: let go of it as soon as the data is out.
    await session.close()

    if (key) await putSmall(input, identityFile, key.wrapped)
    const about = {
      source: { id: spec.id, name: spec.name, engine: spec.engine, database: databaseOf(spec) },
      startedAt: backup.startedAt.toISOString(),
      serverVersion: session.serverVersion,
      toolVersion: session.toolVersion,
      parts,
    }
    const { bytes: guide, steps } = writeGuide(ctx.engine(spec.engine), about)
    await putSmall(input, restoreGuideFile, guide)
    const manifest = manifestSchema.parse({
      ...about,
      format: 'holdfast-backup',
      version: 1,
      instanceId: await instanceId(ctx.db),
      backupId: backup.id,
      kind: 'logical',
      finishedAt: ctx.clock.now().toISOString(),
      engineFacts: session.facts,
      encryption: key
        ? {
            identityFile,
            identityRecipient: key.recipient,
            wrappedFor: key.wrappedFor,
            identitySha256: createHash('sha256').update(key.wrapped).digest('hex'),
          }
        : null,
      howToRestore: stepLines([...checkingSignature, checkFiles, ...steps]),
      restoreGuide: {
        file: restoreGuideFile,
        storedBytes: guide.length,
        storedSha256: createHash('sha256').update(guide).digest('hex'),
      },
    } satisfies Manifest)
    const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
    const manifestSha256 = createHash('sha256').update(bytes).digest('hex')
    run.progress({ phase: 'committing', doneBytes: sum(parts, 'sourceBytes') })
    // Before the manifest, which is the commit: a backup of ours without a signature is then one that somebody took it from.
    const signed = await signManifest(ctx, { job: args.job, manifest, folder: backup.folder, manifestSha256 })
    await putSmall(input, signatureFile, signed.bytes)
    await args.assertLease()
    await putSmall(input, manifestFile, bytes)
    return {
      manifest,
      manifestSha256,
      position: signed.position,
      signature: signed.bytes.toString('utf8'),
      sourceBytes: sum(parts, 'sourceBytes'),
      storedBytes: sum(parts, 'storedBytes'),
      withheld: session.withheld,
      toolWarnings: session.toolWarnings,
    }
  } finally {
    await session.close()
  }
}

/** A fresh identity for this backup, wrapped for this instance and for the recovery key. */
async function makeKey({ ctx, run }: TaskArgs) {
  const recovery = (await readRecoveryKey(ctx.db))?.recipient
  if (!recovery) run.logger.warn('no recovery key exists yet: without this instance this backup cannot be decrypted')
  const wrappedFor = [ctx.vault.instanceRecipient, ...(recovery ? [recovery] : [])]
  const { recipient, wrapped } = await ctx.vault.createIdentity(wrappedFor)
  return { recipient, wrapped, wrappedFor }
}

/** All parts side by side: their producers wait for each other's snapshot anyway. The first that fails stops the others. */
async function storeParts(input: Input, session: BackupSession, recipient: string | null): Promise<ManifestPart[]> {
  const { run } = input.args
  const { rateLimitBytesPerSecond } = input.spec.options
  const shared: SharedByParts = {
    progress: new PartProgress(session.parts, (progress) => run.progress(progress)),
    throttle: rateLimitBytesPerSecond ? new Throttle(rateLimitBytesPerSecond) : undefined,
    atOnce: session.parts.filter((part) => part.role !== 'globals').length,
  }
  return sideBySide(session.parts.length, session.parts, run, (part, scope) =>
    storeOne(input, part, recipient, shared, scope),
  )
}

interface SharedByParts {
  progress: PartProgress
  throttle: Throttle | undefined
  atOnce: number
}

async function storeOne(
  input: Input,
  part: BackupPart,
  recipient: string | null,
  { progress, throttle, atOnce }: SharedByParts,
  run: RunContext,
): Promise<ManifestPart> {
  const { compression, compressionLevel, compressionThreads } = input.spec.options
  const encryption = recipient ? 'age' : 'none'
  const file = partFile(part.base, compression, encryption)
  const alive = input.destinations.filter((destination) => destination.error === null)
  const stored = await storePart(
    {
      produce: (inner) => part.open(inner),
      compression,
      compressionLevel,
      compressionThreads,
      age: recipient ? { recipients: [recipient] } : null,
      priority: toolPriority(input.spec.options),
      throttle,
      expectedBytes: part.expectedBytes,
      onProgress: (own) => progress.update(part.base, own),
      sinks: alive.map((destination) => ({
        id: destination.id,
        consume: (body) => {
          const options = { sizeHintBytes: part.expectedBytes, atOnce }
          const scope = { ...run, signal: AbortSignal.any([run.signal, destination.stop.signal]) }
          return destination.storage.put(input.backup.folder + file, body, options, scope)
        },
      })),
    },
    run,
  )
  for (const destination of alive) {
    const outcome = stored.outcomes.get(destination.id)
    if (!outcome || !outcome.ok) drop(input, destination, outcome?.error)
  }
  assertAlive(input)
  progress.done(part.base, stored.sourceBytes)
  run.logger.info(`stored ${file}`, {
    sourceBytes: stored.sourceBytes,
    storedBytes: stored.storedBytes,
    sha256: stored.storedSha256,
  })
  return {
    role: part.role,
    file,
    sourceBytes: stored.sourceBytes,
    sourceSha256: stored.sourceSha256,
    storedBytes: stored.storedBytes,
    storedSha256: stored.storedSha256,
    compression,
    encryption,
    ...(part.tables ? { tables: part.tables } : {}),
  }
}

/** Puts a small file to every destination that is left. */
async function putSmall(input: Input, file: string, bytes: Uint8Array): Promise<void> {
  const { run } = input.args
  for (const destination of input.destinations.filter(({ error }) => error === null)) {
    try {
      const body = Readable.from([Buffer.from(bytes)])
      await destination.storage.put(input.backup.folder + file, body, { sizeHintBytes: bytes.length }, run)
    } catch (error) {
      run.signal.throwIfAborted()
      drop(input, destination, error)
    }
  }
  assertAlive(input)
}

function drop(input: Input, destination: DestinationRun, error: unknown): void {
  // Of several parts the first failure tells most.
  if (destination.error !== null) return
  destination.stop.abort(error)
  destination.error = error ?? new Error('The destination stopped without saying why.')
  input.args.run.logger.warn(`the copy in ${destination.name} failed`, { ...toFailure(destination.error) })
}

/** When every destination failed, the first one's error is the backup's. */
function assertAlive(input: Input): void {
  if (input.destinations.every((destination) => destination.error !== null)) throw input.destinations[0]?.error
}

function sum(parts: ManifestPart[], field: 'sourceBytes' | 'storedBytes'): number {
  return parts.reduce((total, part) => total + part[field], 0)
}

function databaseOf(spec: SourceSpec): string | undefined {
  const { database } = spec.connection
  return typeof database === 'string' ? database : undefined
}
