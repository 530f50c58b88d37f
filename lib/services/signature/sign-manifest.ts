import { createHash } from 'node:crypto'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import {
  chainPositionSchema,
  type ChainPosition,
  type ManifestSignature,
} from '@/lib/core/repository/manifest-signature'
import type { Tx } from '@/lib/db/client'
import { signDocument } from '@/lib/vault/signed-document'
import { assertLease } from '../job/assert-lease'
import type { ServiceContext } from '../context'

/** The signature file of a backup that is about to be committed. */
export interface SignedManifest {
  bytes: Buffer
  position: ChainPosition
}

/**
 * Gives the backup the next number of its source and signs its manifest. The number is taken under the job's lease and
 * never given again: when the run fails after this it stays unused. The chain's head moves only with the commit.
 */
export async function signManifest(
  ctx: Pick<ServiceContext, 'db' | 'vault' | 'clock'>,
  input: {
    job: Parameters<typeof assertLease>[1]
    manifest: Manifest
    folder: string
    manifestSha256: string
  },
): Promise<SignedManifest> {
  const { manifest } = input
  const { sequence, previous } = await ctx.db.$transaction(async (tx) => {
    await assertLease(tx, input.job)
    return takeNumber(tx, manifest.source.id)
  })
  const bytes = await signDocument(ctx.vault, {
    format: 'holdfast-manifest-signature',
    version: 1,
    instanceId: manifest.instanceId,
    sourceId: manifest.source.id,
    backupId: manifest.backupId,
    folder: input.folder,
    sequence,
    manifestSha256: input.manifestSha256,
    previous,
    signedAt: ctx.clock.now().toISOString(),
    publicKey: ctx.vault.evidencePublicKey,
  } satisfies ManifestSignature)
  return { bytes, position: { sequence, sha256: createHash('sha256').update(bytes).digest('hex') } }
}

async function takeNumber(tx: Tx, sourceId: string): Promise<{ sequence: number; previous: ChainPosition | null }> {
  const [row] = await tx.$queryRaw<{ sequence: number; head: unknown }[]>`
    UPDATE source SET last_sequence = last_sequence + 1 WHERE id = ${sourceId}::uuid
    RETURNING last_sequence AS sequence, chain_head AS head`
  if (!row) throw new Error(`There is no source ${sourceId}.`)
  return { sequence: row.sequence, previous: chainPositionSchema.nullable().parse(row.head) }
}

/** Makes a committed backup the one that the next of its source follows; one that was overtaken changes nothing. */
export async function advanceChain(tx: Tx, sourceId: string, position: ChainPosition): Promise<void> {
  const head = JSON.stringify({ sequence: position.sequence, sha256: position.sha256 })
  await tx.$executeRaw`
    UPDATE source SET chain_head = ${head}::jsonb
    WHERE id = ${sourceId}::uuid
      AND (chain_head IS NULL OR (chain_head ->> 'sequence')::integer < ${position.sequence})`
}
