import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import type { OpenCopy } from './open-copy'
import { openGoodCopy } from './open-good-copy'

/** A copy with copies of the backups that it builds on, the full one first. */
export interface OpenChain {
  copy: OpenCopy
  before: OpenCopy[]
  close(): Promise<void>
}

/**
 * Opens a backup and every backup that it builds on, as `openGoodCopy` does: each may lie in another destination. Throws
 * `object-damaged` when the catalog and the manifests do not agree on what builds on what.
 */
export async function openChain(
  ctx: ServiceContext,
  input: { backupId: string; destinationId?: string },
  run: RunContext,
): Promise<OpenChain> {
  const { dependsOn } = await ctx.db.backup.findUniqueOrThrow({
    where: { id: input.backupId },
    select: { dependsOn: true },
  })
  const opened: OpenCopy[] = []
  const close = async () => {
    for (const copy of opened) await copy.close()
  }
  try {
    const copy = await openGoodCopy(ctx, input, run)
    opened.push(copy)
    for (const backupId of dependsOn) opened.push(await openGoodCopy(ctx, { backupId }, run))
    const before = opened.slice(1)
    checkLinks([...before, copy])
    return { copy, before, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Each names the one before it, and all the same beginning. */
function checkLinks(chain: OpenCopy[]): void {
  const base = chain[0]?.manifest.backupId
  const isLinked = chain.every(({ manifest }, index) => {
    const parent = chain[index - 1]?.manifest.backupId
    return parent === undefined ? !manifest.chain : manifest.chain?.base === base && manifest.chain?.parent === parent
  })
  if (isLinked) return
  throw new HoldfastError(
    'object-damaged',
    'The backups that this one builds on are not those that its manifest names.',
    {
      remedy: 'Restore an older backup, and take a full one.',
    },
  )
}
