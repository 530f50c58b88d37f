import { z } from 'zod'
import { findCipher } from '@/lib/cipher/index'
import { builtInFormats } from '@/lib/contracts/encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import type { LogPeriodModel } from '@/lib/db/generated/models/LogPeriod'
import type { ServiceContext } from '../context'
import { recipientId } from '../recovery-kit/recipient-id'

const laterSchema = z.array(z.object({ recipient: z.string(), wrapped: z.base64() }))
/** A period's key, wrapped for somebody who came later; base64 of the file. */
export type LaterKey = z.infer<typeof laterSchema>[number]

export const laterKeysOf = ({ later }: Pick<LogPeriodModel, 'later'>): LaterKey[] => laterSchema.parse(later)

/** The secret key of a period, by whichever of its wrapped forms this instance opens. Throws `key-missing` when it opens none. */
export async function openPeriod(
  vault: Pick<ServiceContext['vault'], 'unwrapIdentity'>,
  row: LogPeriodModel,
): Promise<string> {
  const forms = [row.wrapped, ...laterKeysOf(row).map(({ wrapped }) => wrapped)]
  let trouble: unknown = null
  for (const wrapped of forms) {
    try {
      const identity = await vault.unwrapIdentity(Buffer.from(wrapped, 'base64'))
      if ((await findCipher(builtInFormats[0]).recipientOf(identity)) === row.recipient) return identity
    } catch (error) {
      trouble ??= error
    }
  }
  throw trouble ?? new HoldfastError('key-missing', `The key of period ${row.period} of this log is another one.`)
}

/** The files with a period's key, as they lie beside the segments. */
export function periodFiles(row: LogPeriodModel): { key: string; bytes: Buffer }[] {
  const { period } = row
  return [
    { key: logKey(row, { kind: 'identity', period }), bytes: Buffer.from(row.wrapped, 'base64') },
    ...laterKeysOf(row).map(({ recipient, wrapped }) => ({
      key: logKey(row, { kind: 'later-identity', period, recipientId: recipientId(recipient), attempt: 1 }),
      bytes: Buffer.from(wrapped, 'base64'),
    })),
  ]
}
