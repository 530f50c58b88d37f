import type { SourceSpec } from '@/lib/ports/source-spec'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { currentPeriod, type LogPlaceKey } from '@/lib/services/log/open-log'
import { periodFiles } from '@/lib/services/log/period-keys'
import type { LogForm } from './seal'

/** How new objects are stored, asked for each: a period's key is used until the period is over. */
export function logFormOf(input: { ctx: ServiceContext; claim: ClaimedStream; place: LogPlaceKey; spec: SourceSpec }) {
  const { ctx, claim, place, spec } = input
  const { compression, compressionLevel, encryption } = spec.options
  const plain: Omit<LogForm, 'encryption'> = {
    compression: compression === 'none' ? 'none' : 'zstd',
    level: compression === 'zstd' ? compressionLevel : 1,
  }
  return async () => {
    if (encryption === 'none') return { form: { ...plain, encryption: null }, needs: [] }
    const row = await currentPeriod(ctx, claim, place, encryption)
    return {
      form: { ...plain, encryption: { format: encryption, recipient: row.recipient, period: row.period } },
      needs: periodFiles(row),
    }
  }
}
