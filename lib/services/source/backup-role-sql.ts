import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findSource } from './find-source'
import { sourceSpec } from './source-spec'

/** SQL that makes a least-privilege role for backups of this source; an administrator of its server runs it. */
export async function backupRoleSql({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<{ sql: string }> {
  permit(ctx.actor, 'viewer')
  const row = await findSource(ctx.db, input.id)
  // The snippet never needs the stored password, and an engine that is not given it cannot print it.
  const spec = await sourceSpec(ctx, { ...row, secretsSealed: {} })
  const { roles } = ctx.engine(row.engine)
  if (!roles) throw new HoldfastError('engine-unsupported', `${engineContract(row.engine).title} has no roles to make.`)
  return { sql: roles.backupRoleSql(spec) }
}
