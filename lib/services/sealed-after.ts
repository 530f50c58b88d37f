import { requireSameReach, type SecretReach } from '@/lib/core/secrets/secret-reach'
import type { ServiceContext } from './context'

interface SecretChange {
  reach: SecretReach
  /** The settings beside the secret, as they are stored and as they shall be. */
  before: unknown
  after: unknown
  /** The secret of this request: absent keeps the stored one, an empty one removes it. */
  given: string | undefined
  sealed: string | null
  /** What the sealed value is bound to. */
  context: string
}

/**
 * The sealed secret of a row after a change, whether the change will be stored or only tried. Throws `secret-needed` when
 * the stored one would go to another place, or less protected, than it was entered for.
 */
export async function sealedAfter(ctx: Pick<ServiceContext, 'vault'>, change: SecretChange): Promise<string | null> {
  const { given, sealed } = change
  if (given !== undefined) return given === '' ? null : await ctx.vault.seal(given, change.context)
  if (sealed !== null) requireSameReach(change.reach, change.before, change.after)
  return sealed
}
