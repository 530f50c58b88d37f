import { Secret, TOTP } from 'otpauth'

/** Authenticator apps know these values only: SHA-1, six digits, 30 seconds (RFC 6238). */
const periodSeconds = 30
const base = { issuer: 'Holdfast', algorithm: 'SHA1', digits: 6, period: periodSeconds } as const

/** What the sealed secret is bound to. */
export const totpContext = (userId: string): string => `user:${userId}:totp`

/** A new secret, 160 bits in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

const open = (secret: string, label: string) => new TOTP({ ...base, label, secret: Secret.fromBase32(secret) })

/** What an authenticator app reads from the QR code. */
export const totpUri = (secret: string, email: string): string => open(secret, email).toString()

/**
 * The time step that a code belongs to, or null when it belongs to none near now. Clocks may differ by one step. The caller
 * stores the step of an accepted code: it and all earlier steps are used up.
 */
export function totpStep(secret: string, code: string, now: Date): bigint | null {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = open(secret, '').validate({ token, timestamp: now.getTime(), window: 1 })
  return delta === null ? null : BigInt(Math.floor(now.getTime() / 1000 / periodSeconds) + delta)
}
