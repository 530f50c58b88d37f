import { createHash } from 'node:crypto'
import path from 'node:path'
import { Readable } from 'node:stream'
import { findCipher } from '@/lib/cipher/index'
import { manifestSchema, type Manifest, type ManifestPart } from '@/lib/contracts/repository/manifest'
import { manifestFile, restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { requireCodec } from '@/lib/pipeline/codec-programs'
import type { Cipher } from '@/lib/ports/cipher'
import { methodOfBackup } from '@/lib/services/backup/method-of'
import { openGoodCopy } from '@/lib/services/backup/open-good-copy'
import { partOpener } from '@/lib/services/backup/part-opener'
import { writeGuide } from '@/lib/services/backup/write-guide'
import { instanceId } from '@/lib/services/instance/instance-settings'
import { wantedRecipients } from '@/lib/services/recovery-kit/wanted-recipients'
import { checkingSignature } from '@/lib/core/repository/checking-signature'
import { stepLines } from '@/lib/core/repository/hand-step'
import { checkFiles } from '@/lib/core/repository/restore-guide'
import { signManifest } from '@/lib/services/signature/sign-manifest'
import type { ChainPosition } from '@/lib/core/repository/manifest-signature'
import type { TaskArgs } from '../../task'
import type { BackupInput } from './backup-input'
import { assertAlive, dropDestination } from './destination-run'
import { awaitLog } from './await-log'
import { sandboxOrder } from '../../sandbox-order'
import { refuseOwnPaths } from './refuse-own-paths'
import { storeParts } from './store-parts'

export interface StoredBackup {
  manifest: Manifest
  manifestSha256: string
  /** Its number, and the hash of its signature file. */
  position: ChainPosition
  signature: string
  sourceBytes: number
  storedBytes: number
  /** The backups that it builds on, the full one first. */
  chain: string[]
  /** What the backup lacks, and what its tools warned of. */
  withheld: string[]
  toolWarnings: string[]
  damagedAtSource: boolean
}

/**
 * Streams every part of the source to every destination, then the wrapped key, the signature and the manifest: last, and
 * only while the lease is held. Throws when no destination is left; a destination that fails alone is noted and left out,
 * and one that holds the others back is detached.
 */
export async function storeBackup(input: BackupInput): Promise<StoredBackup> {
  const { args, spec, backup } = input
  const { ctx, run } = args
  run.progress({ phase: 'connecting', doneBytes: 0 })
  requireCodec(spec.options.compression)
  refuseOwnPaths(spec, (await sandboxOrder(ctx, args.home)).keepOut)
  const method = methodOfBackup(ctx, { source: spec, method: input.method.kind })
  const parentId = input.chain?.at(-1)
  const parent = parentId === undefined ? null : await openGoodCopy(ctx, { backupId: parentId }, run)
  const session = await method
    .begin(spec, run, {
      attempt: args.job.attempt,
      scratch: path.join(args.home, 'scratch'),
      ...(parent ? { parent: { manifest: parent.manifest, open: partOpener(parent) } } : {}),
    })
    .finally(() => parent?.close())
  const chain = session.builtOn ? (input.chain ?? []) : []
  try {
    for (const warning of session.warnings) run.logger.warn(warning)
    run.logger.info('source opened', { engineVersion: session.engineVersion, tool: session.tool })
    const { encryption } = spec.options
    const key = encryption === 'none' ? null : await makeKey(args, findCipher(encryption))
    const parts = await storeParts(input, session, key)
    for (const warning of session.toolWarnings) run.logger.warn(warning)
    const range = session.range?.() ?? null
    if (range) await awaitLog(args, { sourceId: spec.id, engine: spec.engine, range })

    if (key) await putSmall(input, key.cipher.keyFile, key.wrapped)
    const about = {
      method: session.kind,
      source: { id: spec.id, name: spec.name, engine: spec.engine, label: session.label },
      startedAt: backup.startedAt.toISOString(),
      engineVersion: session.engineVersion,
      tool: session.tool,
      parts,
    }
    const { bytes: guide, steps } = writeGuide(method, about)
    await putSmall(input, restoreGuideFile, guide)
    const manifest = manifestSchema.parse({
      ...about,
      format: 'holdfast-backup',
      version: 2,
      instanceId: await instanceId(ctx.db),
      backupId: backup.id,
      identity: session.identity,
      finishedAt: ctx.clock.now().toISOString(),
      facts: session.facts,
      measures: session.measures,
      chain: linkOf(chain),
      range,
      earliestTarget: session.endedAt?.().toISOString() ?? null,
      latestTarget: null,
      encryption: key
        ? {
            format: key.cipher.format,
            keyFile: key.cipher.keyFile,
            keySha256: createHash('sha256').update(key.wrapped).digest('hex'),
            recipient: key.recipient,
            wrappedFor: key.wrappedFor,
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
    // Before the manifest, which is the commit: a backup without a signature is then one that somebody removed it from.
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
      chain,
      withheld: session.withheld,
      toolWarnings: session.toolWarnings,
      damagedAtSource: session.damagedAtSource?.() ?? false,
    }
  } finally {
    await session.close()
    for (const destination of input.destinations) await destination.idle()
  }
}

function linkOf(chain: string[]): Manifest['chain'] {
  const [base, parent] = [chain[0], chain.at(-1)]
  return base === undefined || parent === undefined ? null : { base, parent }
}

/** A fresh key for this backup, wrapped for everybody who must be able to open it. */
async function makeKey({ ctx, run }: TaskArgs, cipher: Cipher) {
  const wanted = await wantedRecipients(ctx.db, ctx.vault)
  if (!wanted.some(({ kind }) => kind === 'recovery')) {
    run.logger.warn('no recovery key exists yet: without this instance this backup cannot be decrypted')
  }
  const { recipient, wrapped, wrappedFor } = await ctx.vault.createIdentity(cipher, wanted)
  return { cipher, recipient, wrapped, wrappedFor }
}

/** Puts a small file to every destination that is left. */
async function putSmall(input: BackupInput, file: string, bytes: Uint8Array): Promise<void> {
  const { run } = input.args
  for (const destination of input.destinations.filter(({ isLive }) => isLive)) {
    try {
      const body = Readable.from([Buffer.from(bytes)])
      await destination.put(input.backup.folder + file, body, { sizeHintBytes: bytes.length }, run)
    } catch (error) {
      run.signal.throwIfAborted()
      dropDestination(input.args.run, destination, error)
    }
  }
  assertAlive(input.destinations)
}

function sum(parts: ManifestPart[], field: 'sourceBytes' | 'storedBytes'): number {
  return parts.reduce((total, part) => total + part[field], 0)
}
