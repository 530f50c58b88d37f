import { jsonObject } from '@/lib/db/catalog/json-object'
import type { Tx } from '@/lib/db/client'
import { engineContract } from '@/lib/contracts/engines/index'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { confirmChange } from '../approval/confirm-change'
import { fieldChanges } from '../audit/field-changes'
import type { ServiceContext } from '../context'
import type { MergedSource } from './merge-source'

/**
 * Backups that are stored in the clear from now on, or come from elsewhere, are what somebody with a stolen session
 * would want. Throws `step-up-needed`.
 */
export async function confirmSource(
  ctx: ServiceContext,
  tx: Tx,
  before: SourceModel,
  after: MergedSource,
): Promise<void> {
  const subject = { subjectType: 'source', subjectId: before.id }
  const [was, is] = [jsonObject(before.options), jsonObject(after.options)]
  if (was['encryption'] !== 'none' && is['encryption'] === 'none') {
    const summary = `New backups of "${before.name}" are stored without encryption`
    await confirmChange(ctx, tx, { action: 'source.encryption-off', ...subject, summary })
  }
  if (was['acceptUnconfined'] !== true && is['acceptUnconfined'] === true) await confirmUnconfined(ctx, tx, before)
  const contract = engineContract(before.engine)
  // Where it is read from, and how sure it is that it is that; not the user.
  const [from, to] = [contract.readFrom(before), contract.readFrom(after)]
  if (Object.keys(fieldChanges(from, to)).length === 0) return
  const summary = `Backups of "${before.name}" are read from ${contract.place(after.connection)} from now on`
  await confirmChange(ctx, tx, { action: 'source.other-server', ...subject, summary })
}

/** From now on, anyone who owns an object of this source's database can do what the worker can. Throws `step-up-needed`. */
export async function confirmUnconfined(
  ctx: ServiceContext,
  tx: Tx,
  { id, name }: Pick<SourceModel, 'id' | 'name'>,
): Promise<void> {
  const summary = `Restore tests of "${name}" may run its code on this machine without keeping it apart`
  await confirmChange(ctx, tx, { action: 'source.accept-unconfined', subjectType: 'source', subjectId: id, summary })
}
