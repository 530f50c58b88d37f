import type { Finding } from './source-findings'
import { stamp } from './words'

const dayMs = 86_400_000

export interface WatchedToken {
  name: string
  createdAt: Date
  /** Null: it never expires. */
  expiresAt: Date | null
}

/**
 * A token that expires soon or has expired, until someone revokes it. One that lives for less than twice the warning time
 * is reported in the second half of its life, not from its first day.
 */
export function tokenFindings(token: WatchedToken, tokenDays: number, now: Date): Finding[] {
  if (!token.expiresAt) return []
  const lifeMs = token.expiresAt.getTime() - token.createdAt.getTime()
  const leftMs = token.expiresAt.getTime() - now.getTime()
  if (leftMs > Math.min(tokenDays * dayMs, lifeMs / 2)) return []
  const ended = leftMs <= 0
  return [
    {
      event: 'key-expiring',
      severity: 'warning',
      title: `The API token ${token.name} ${ended ? 'has expired' : 'expires soon'}`,
      body: `It ${ended ? 'ended' : 'ends'} at ${stamp(token.expiresAt)}. Make a new one for what uses it, then revoke it.`,
      facts: { expiresAt: token.expiresAt.toISOString() },
    },
  ]
}

export interface WatchedCertificate {
  /** Whose it is, in words: `the source shop`. */
  owner: string
  address: string
  validTo: Date
}

/** A server's certificate that ends soon, or has: connections that check it fail from then on. */
export function certificateFindings(certificate: WatchedCertificate, days: number, now: Date): Finding[] {
  const leftMs = certificate.validTo.getTime() - now.getTime()
  if (leftMs > days * dayMs) return []
  const ended = leftMs <= 0
  return [
    {
      event: 'certificate-expiring',
      severity: ended ? 'critical' : 'warning',
      title: `The certificate of ${certificate.owner} ${ended ? 'has expired' : 'expires soon'}`,
      body:
        `${certificate.address} shows a certificate that ${ended ? 'ended' : 'ends'} at ${stamp(certificate.validTo)}. ` +
        'Connections that check it fail from then on.',
      facts: { address: certificate.address, validTo: certificate.validTo.toISOString() },
    },
  ]
}
