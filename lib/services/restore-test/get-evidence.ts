import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'

/** The signed evidence of a restore test, byte for byte; throws `not-found` when it has none. */
export async function getEvidence(args: { ctx: ServiceContext; input: { id: string } }): Promise<string> {
  permit(args.ctx.actor, 'viewer')
  const row = await args.ctx.db.restoreTest.findUnique({
    where: { id: args.input.id },
    select: { signedEvidence: true },
  })
  return found(row?.signedEvidence ?? null, 'evidence document')
}
