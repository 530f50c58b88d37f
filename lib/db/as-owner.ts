import type { Tx } from './client'
import { limitedRoleName } from './limited-role'

/**
 * Runs `work`, a part of this transaction, without the limit that `limitToSources` set, and with it again afterwards. It is
 * for what the instance does because of a request and the one who asked does not see: news to the administrators, the
 * delivery of a job. In a transaction without a limit it changes nothing. When `work` fails, the transaction is over.
 */
export async function asOwner<Result>(tx: Tx, work: () => Promise<Result>): Promise<Result> {
  const [row] = await tx.$queryRawUnsafe<{ limited: boolean }[]>(
    `SELECT current_setting('role') = ${limitedRoleName} AS limited`,
  )
  if (!row?.limited) return work()
  await tx.$queryRawUnsafe(`SELECT set_config('role', current_setting('holdfast.own_role'), true)`)
  const result = await work()
  await tx.$queryRawUnsafe(`SELECT set_config('role', ${limitedRoleName}, true)`)
  return result
}
