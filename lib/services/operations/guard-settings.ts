import { sectionReach, type Operations, type UpdateOperations } from '@/lib/contracts/operations'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { requireSameReach } from '@/lib/core/secrets/secret-reach'
import type { Tx } from '@/lib/db/client'
import { guardChange } from '../approval/guard-change'
import type { ServiceContext } from '../context'
import { hasClientSecret, storeClientSecret } from '../oidc/client-secret'
import { refuseMetadataUrl } from '../refuse-metadata-address'

/**
 * What stands before a change of who gets in (turning four eyes off, or naming a provider and groups that make
 * administrators), and of how long a deletion can be undone. Stores the client secret, which is no part of the readable settings. Throws what `guardChange` throws,
 * `address-refused`, `secret-needed`, and `needs-two-administrators`.
 */
export async function guardSettings(
  ctx: ServiceContext,
  tx: Tx,
  before: Operations,
  input: UpdateOperations,
): Promise<void> {
  if (input.access?.fourEyes === true && !before.access.fourEyes) {
    const administrators = await tx.user.count({ where: { role: 'admin', disabledAt: null } })
    if (administrators < 2) {
      throw new HoldfastError('needs-two-administrators', 'Four eyes need two administrators.', {
        remedy: 'Invite another administrator first; otherwise nobody could agree to anything.',
      })
    }
  }
  const graceDays = input.retention?.graceDays
  if (graceDays !== undefined && graceDays < before.retention.graceDays) {
    await guardChange(ctx, tx, {
      action: 'retention-policy.shorten',
      subjectType: 'settings',
      subjectId: 'retention',
      summary: `Shorten the time in which deletions can be undone to ${graceDays} days`,
      input: { graceDays },
    })
  }
  await refuseMetadataUrl(input.deadManSwitch?.url, 'deadManSwitch.url')
  await refuseMetadataUrl(input.cloudWatch?.endpoint, 'cloudWatch.endpoint')
  if (input.oidc) {
    const after = { ...before.oidc, ...input.oidc }
    await checkOidc(after)
    const kept = input.oidc.clientSecret === undefined && (await hasClientSecret(tx))
    if (kept && sectionReach.oidc) requireSameReach(sectionReach.oidc, before.oidc, after)
  }
  const ask = { action: 'settings.access', subjectType: 'settings' } as const
  if (input.access) {
    const summary = input.access.fourEyes === false ? 'Turn four eyes off' : await turnedOn(tx, ctx.clock.now())
    await guardChange(ctx, tx, { ...ask, subjectId: 'access', summary, input: { ...input.access } })
  }
  if (!input.oidc) return
  const { clientSecret, ...shown } = input.oidc
  await guardChange(ctx, tx, {
    ...ask,
    subjectId: 'oidc',
    summary: 'Change single sign-on: who gets in, and with which role',
    input: { ...shown, clientSecret: clientSecret === undefined ? 'kept' : 'changed' },
  })
  if (clientSecret !== undefined) await storeClientSecret(ctx, tx, clientSecret)
}

/** Names the tokens that nobody can agree for, or administrators would learn it when automation stops. */
async function turnedOn(tx: Tx, now: Date): Promise<string> {
  const tokens = await tx.apiToken.findMany({
    where: {
      role: 'admin',
      createdByUserId: null,
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  const names = tokens.map((token) => `"${token.name}"`).join(', ')
  if (names === '') return 'Turn four eyes on'
  return `Turn four eyes on. Tokens that go back to no person are refused what needs two from now on: ${names}`
}

async function checkOidc(oidc: Operations['oidc']): Promise<void> {
  await refuseMetadataUrl(oidc.issuer, 'oidc.issuer')
  if (!oidc.enabled) return
  const missing = [
    ...(oidc.issuer === null ? [{ path: 'oidc.issuer', message: 'Enter the issuer' }] : []),
    ...(oidc.clientId === '' ? [{ path: 'oidc.clientId', message: 'Enter the client id' }] : []),
  ]
  if (missing.length === 0) return
  throw new HoldfastError('invalid-input', 'Single sign-on is not complete.', { facts: { errors: missing } })
}
