import type { Client } from 'pg'
import type { Finding } from '@/lib/contracts/source'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { sslConsequences, unverifiedWords } from '@/lib/core/network/ssl-modes'
import { authenticationOf, isEncrypted, isPrivate } from '@/lib/engines/postgres/connect/password-for'

/** What others between this machine and the server could do, as this connection was made. */
export function transitFindings(client: Client, connection: PostgresConnection): Finding[] {
  const encrypted = isEncrypted(client)
  if (isPrivate(client) && !encrypted) return []
  const findings: Finding[] = []
  const words = unverifiedWords(connection.host, connection.ssl)
  if (words !== null) {
    findings.push({
      severity: encrypted ? 'info' : 'warning',
      code: encrypted ? 'tls-not-verified' : 'not-encrypted',
      message: encrypted ? `${words}.` : 'The connection is not encrypted.',
      remedy: `${sslConsequences[connection.ssl]} Choose the TLS mode "verify-full" where the server allows it.`,
    })
  }
  const method = authenticationOf(client)
  if (!encrypted && method === 'md5') {
    findings.push({
      severity: 'warning',
      code: 'md5-not-encrypted',
      message: 'The password is proven by an MD5 hash over a connection that is not encrypted.',
      remedy:
        'An eavesdropper can try passwords against it. Use TLS, or set password_encryption = scram-sha-256 on the server, set the password anew, and ask for scram-sha-256 in pg_hba.conf.',
    })
  }
  if (encrypted && words !== null && method === 'clear-text') {
    findings.push({
      severity: 'warning',
      code: 'clear-text-not-verified',
      message: 'The server asks for the password in clear text, and it is not verified who the server is.',
      remedy: 'Choose the TLS mode "verify-full", or ask for scram-sha-256 in pg_hba.conf.',
    })
  }
  return findings
}
