import { refuseCatalogContents } from '@/lib/core/restore/refuse-restore'
import type { Tx } from '@/lib/db/client'
import type { ServiceContext } from '../context'
import { requirePerson } from '../person'
import { requireStepUp } from '../step-up/require-step-up'

/**
 * Whether who asks may have what a source's backups contain. The catalog's hold password hashes, token hashes and sealed
 * secrets: they are for administrators who have just shown who they are, so for no token. The command line is let
 * through, as who runs it has the catalog itself. Throws `forbidden`, `needs-person` and `step-up-needed`.
 */
export async function permitContents(
  ctx: Pick<ServiceContext, 'actor' | 'clock' | 'db'>,
  source: { catalog: boolean },
  tx: Tx = ctx.db,
): Promise<void> {
  if (!source.catalog) return
  const refusal = refuseCatalogContents(ctx.actor.role)
  if (refusal) throw refusal
  if (ctx.actor.type === 'token') requirePerson(ctx.actor)
  await requireStepUp(ctx, tx)
}
