import type { SignInLock } from '@/lib/contracts/people/access'
import { signInDelay } from '@/lib/core/access/sign-in-delay'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { failuresPerAccountAndPlace, failuresPerPlace } from './limits'

const shown = 200

/** What keeps people from signing in at this moment: locks of an account at an address, of an address, and slowed accounts. */
export async function listSignInLocks({ ctx }: { ctx: ServiceContext }): Promise<{ items: SignInLock[] }> {
  permit(ctx.actor, 'admin')
  const now = ctx.clock.now()
  const rows = await ctx.db.signInAttempt.findMany({
    where: {
      until: { gt: now },
      OR: [
        { account: { not: '' }, place: { not: '' }, failures: { gte: failuresPerAccountAndPlace } },
        { account: '', failures: { gte: failuresPerPlace } },
        { place: '', failures: { gt: failuresPerAccountAndPlace } },
      ],
    },
    orderBy: { lastAt: 'desc' },
    take: shown,
  })
  const accounts = await ctx.db.user.findMany({ where: { lockedUntil: { gt: now } }, take: shown })
  return {
    items: [
      ...accounts.map((user) => ({
        id: user.id,
        kind: 'account' as const,
        email: user.email,
        address: null,
        failures: failuresPerAccountAndPlace,
        until: (user.lockedUntil ?? now).toISOString(),
      })),
      ...rows.map((row) => ({
        id: row.id,
        kind: kindOf(row),
        email: row.account || null,
        address: row.place === '' || row.place === 'code' || row.place.startsWith('device:') ? null : row.place,
        failures: row.failures,
        ...(row.place === '' ? { delayMs: signInDelay(row.failures) } : {}),
        until: row.until.toISOString(),
      })),
    ],
  }
}

function kindOf(row: { account: string; place: string }): SignInLock['kind'] {
  if (row.account === '') return 'address'
  if (row.place === '') return 'slowed'
  if (row.place === 'code') return 'codes'
  return row.place.startsWith('device:') ? 'device' : 'account-at-address'
}
