import { existsSync, readFileSync } from 'node:fs'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'

const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** The system's certificate authorities, so that our own connection and libpq's check against the same. */
export function systemCaFile(): string | null {
  return systemBundles.find((file) => existsSync(file)) ?? null
}

/** True when the server's certificate is checked. As in libpq, `require` with a given CA checks like `verify-ca`. */
export function verifies(connection: PostgresConnection): boolean {
  if (connection.ssl === 'verify-ca' || connection.ssl === 'verify-full') return true
  return connection.ssl === 'require' && Boolean(connection.sslRootCert)
}

/** TLS options of `pg` for a libpq mode; null: no TLS. */
export function tlsOptions(connection: PostgresConnection): ConnectionOptions | null {
  if (connection.ssl === 'disable' || connection.host.startsWith('/')) return null
  if (!verifies(connection)) return { rejectUnauthorized: false }
  const bundle = systemCaFile()
  const ca = connection.sslRootCert ?? (bundle ? readFileSync(bundle, 'utf8') : undefined)
  return {
    rejectUnauthorized: true,
    ...(ca ? { ca } : {}),
    checkServerIdentity: (_host, certificate) =>
      connection.ssl === 'verify-full' ? checkServerIdentity(connection.host, certificate) : undefined,
  }
}
