import type { ServiceContext } from '../context'
import { findExposedSecrets } from './find-exposed-secrets'

/**
 * At the start of a worker: logs that passwords are stored in readable form, and what to do. The audit screen says it too.
 */
export async function warnOfExposedSecrets({ ctx }: { ctx: ServiceContext }): Promise<void> {
  const { settings, auditCount, recordCount } = await findExposedSecrets({ ctx })
  if (settings.length + auditCount + recordCount === 0) return
  ctx.logger.warn(
    'passwords pasted with a connection are stored in readable form; see: npm run holdfast -- audit secrets',
    {
      settings: settings.length,
      auditEvents: auditCount,
      otherRecords: recordCount,
    },
  )
}
