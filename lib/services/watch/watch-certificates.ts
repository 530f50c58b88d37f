import { certificateFindings } from '@/lib/core/health/expiry-findings'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { certificateOwners } from './certificate/certificate-owners'
import { readCertificate } from './certificate/read-certificate'
import { inTurns } from './in-turns'
import { updateIncidents, type Found } from './update-incidents'

const answerWithinMs = 10_000
const atOnce = 8

/** Looks at the certificates of all servers that are reached over TLS. One that cannot be looked at changes nothing. */
export async function watchCertificates(args: {
  ctx: Pick<ServiceContext, 'db' | 'logger'>
  now: Date
  signal: AbortSignal
}): Promise<void> {
  const { ctx, now, signal } = args
  const { watch } = await readOperations(ctx.db)
  const found: Found[] = []
  const unknown: string[] = []
  await inTurns(await certificateOwners(ctx.db), atOnce, async ({ subjectId, sourceId, owner, target }) => {
    const address = `${target.host}:${target.port}`
    try {
      const validTo = await readCertificate(target, AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]))
      if (!validTo) return
      for (const finding of certificateFindings({ owner, address, validTo }, watch.certificateDays, now)) {
        found.push({ subjectId, sourceId, finding })
      }
    } catch (error) {
      unknown.push(subjectId)
      ctx.logger.debug('a certificate could not be read', { owner, address, error: String(error) })
    }
  })
  signal.throwIfAborted()
  await updateIncidents(ctx.db, { events: ['certificate-expiring'], found, unknown, now })
}
