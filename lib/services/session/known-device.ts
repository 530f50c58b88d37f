import { randomBytes } from 'node:crypto'
import type { Tx } from '@/lib/db/client'
import { tokenHash } from '../token/token-hash'

/** A browser that nobody signed in with for so long is a stranger again. */
export const deviceLastsMs = 180 * 24 * 3_600_000
const devicesPerUser = 20

/** Where attempts from a known device are counted: apart from its address, so that no stranger there locks it out. */
export const devicePlace = (token: string): string => `device:${tokenHash(token).slice(0, 16)}`

/** True when this user signed in with this browser before, and it was not forgotten since. */
export async function isKnownDevice(db: Tx, userId: string, token: string, now: Date): Promise<boolean> {
  const device = await db.knownDevice.findUnique({
    where: { userId_tokenHash: { userId, tokenHash: tokenHash(token) } },
  })
  return device !== null && now.getTime() - device.usedAt.getTime() < deviceLastsMs
}

/**
 * Remembers the browser that someone just signed in with; answers its token, a new one unless the browser's own is one
 * that we gave out. (One that somebody else planted there would be theirs too.)
 */
export async function rememberDevice(
  tx: Tx,
  input: { userId: string; sessionId: string; token: string | null; now: Date },
): Promise<string> {
  const { userId, sessionId, now } = input
  const ours =
    input.token !== null && (await tx.knownDevice.count({ where: { tokenHash: tokenHash(input.token) } })) > 0
  const token = ours && input.token !== null ? input.token : `hfd_${randomBytes(32).toString('base64url')}`
  const key = { userId, tokenHash: tokenHash(token) }
  await tx.knownDevice.upsert({
    where: { userId_tokenHash: key },
    create: { ...key, sessionId, usedAt: now },
    update: { sessionId, usedAt: now },
  })
  const surplus = await tx.knownDevice.findMany({
    where: { userId },
    orderBy: { usedAt: 'desc' },
    skip: devicesPerUser,
    select: { id: true },
  })
  if (surplus.length > 0) await tx.knownDevice.deleteMany({ where: { id: { in: surplus.map(({ id }) => id) } } })
  return token
}
