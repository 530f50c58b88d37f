import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Vault } from '@/lib/ports/vault'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { instanceId } from '../instance/instance-settings'
import { permit } from '../permit'
import { storeHandOver } from '../signature/signing-keys'
import { handOver } from './hand-over'
import { reseal } from './reseal'
import { readRotation, storeRotation } from './rotation-state'

/**
 * The first half of replacing the master key: in one transaction everything in the catalog is sealed with the new one, and
 * the catalog notes which key counts from then on. Even when it is interrupted, each secret is sealed with the key that the
 * catalog names. Throws `rotation-unfinished` while an earlier one has not come to its end.
 */
export async function changeMasterKey(ctx: ServiceContext, next: Vault): Promise<{ secrets: number }> {
  permit(ctx.actor, 'admin')
  return ctx.db.$transaction(
    async (tx) => {
      if ((await readRotation(tx))?.from) {
        throw new HoldfastError('rotation-unfinished', 'The master key is being replaced already.')
      }
      const secrets = await reseal(tx, ctx.vault, next)
      await storeRotation(tx, { keyId: next.keyId, from: ctx.vault.keyId })
      await storeHandOver(
        tx,
        await handOver(ctx.vault, next, { instanceId: await instanceId(tx), at: ctx.clock.now() }),
      )
      await recordAudit(tx, ctx.actor, {
        action: 'master-key.rotate',
        subjectType: 'setting',
        subjectId: 'master-key',
        detail: { from: ctx.vault.keyId, to: next.keyId, secrets, signingKey: next.evidencePublicKey },
      })
      return { secrets }
    },
    { timeout: 10 * 60_000, maxWait: 60_000 },
  )
}
