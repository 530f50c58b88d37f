import { isLoopback } from './is-loopback'

/** TLS modes as libpq names them. */
export const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

/** What a source gets whose TLS mode nobody chose: everything but loopback and sockets is checked in full. */
export function defaultSslMode(host: string): SslMode {
  return host.startsWith('/') || isLoopback(host) ? 'prefer' : 'verify-full'
}

/** What each mode means, for the person choosing it. */
export const sslConsequences: Record<SslMode, string> = {
  'verify-full': 'Encrypted, and the server proves that it is the one named here.',
  'verify-ca':
    'Encrypted, and the certificate must come from the authority given, but may be for another name: any server with a certificate of that authority can pose as this one.',
  require:
    'Encrypted, but the server is not verified: anyone between this machine and the server can pose as it, and read and change everything.',
  prefer:
    'Encrypted only when the server offers it, and never verified: anyone between this machine and the server can switch encryption off, and read and change everything.',
  disable:
    'Not encrypted: anyone who can watch the network can read everything, and anyone who can intercept it can change everything.',
}

/** A fact about connections that could be someone else's; null where the server is verified or on this machine. */
export function unverifiedWords(host: string, ssl: SslMode): string | null {
  if (defaultSslMode(host) !== 'verify-full' || ssl === 'verify-full' || ssl === 'verify-ca') return null
  return ssl === 'disable' ? 'The connection is not encrypted and not verified' : 'The connection is not verified'
}
