import { postgresTargetSchema } from '@/lib/contracts/engines/postgres'
import { withMaintenance } from '@/lib/engines/postgres/connect/connect'
import { checkTarget } from '@/lib/engines/postgres/logical/restore/check-target'
import type { RestoreTarget } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'

/** The version is compared once it is known what is recovered. */
const anyMajor = 0

/** Nobody should wait for a recovery whose target was taken from the beginning. */
export async function checkTakeTarget(target: RestoreTarget, run: RunContext): Promise<void> {
  const { database } = postgresTargetSchema.parse(target)
  await withMaintenance(target.source, run.signal, (client) => checkTarget(client, database, anyMajor))
}
