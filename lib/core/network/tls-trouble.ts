import type { SslMode } from '@/lib/core/network/ssl-modes'
import type { TlsOffer } from '@/lib/contracts/source'
import { sslConsequences } from './ssl-modes'

/** Why there is no trusted TLS connection, as far as it is known. */
export type TlsTrouble =
  'no-tls' | 'self-signed' | 'unknown-authority' | 'wrong-name' | 'not-valid-now' | 'handshake-failed'

/** OpenSSL's names of what is wrong with a certificate, as node reports them. */
const byCode: Record<string, TlsTrouble> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  INVALID_CA: 'unknown-authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  HOSTNAME_MISMATCH: 'wrong-name',
  CERT_HAS_EXPIRED: 'not-valid-now',
  CERT_NOT_YET_VALID: 'not-valid-now',
}

const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/

/** Null when the error is about something else. */
export function tlsTroubleOf(code: string, text: string): TlsTrouble | null {
  if (text.includes('does not support SSL')) return 'no-tls'
  const known = byCode[code]
  if (known) return known
  return tlsCode.test(code) || /\b(SSL|TLS|certificate)\b/i.test(text) ? 'handshake-failed' : null
}

const pasteCa: TlsOffer = {
  ssl: 'verify-full',
  needsCa: true,
  consequence: `Paste the certificate of the authority that signed the server's. ${sslConsequences['verify-full']}`,
}
const pasteOwn: TlsOffer = {
  ssl: 'verify-full',
  needsCa: true,
  consequence: `Paste the server's own certificate, which is its authority. ${sslConsequences['verify-full']}`,
}
const take = (ssl: SslMode, needsCa = false): TlsOffer => ({ ssl, needsCa, consequence: sslConsequences[ssl] })

/** What can be taken instead, the safest first. Nothing is taken by itself. */
export function tlsOffers(trouble: TlsTrouble): TlsOffer[] {
  switch (trouble) {
    case 'no-tls':
      return [take('prefer'), take('disable')]
    case 'self-signed':
      return [pasteOwn, take('require')]
    case 'unknown-authority':
      return [pasteCa, take('require')]
    case 'wrong-name':
      return [take('verify-ca', true), take('require')]
    case 'not-valid-now':
    case 'handshake-failed':
      return [take('require')]
  }
}

/** What happened, in words; `detail` is what the library said. */
export function tlsMessage(trouble: TlsTrouble, server: string, detail: string): string {
  switch (trouble) {
    case 'no-tls':
      return `The server at ${server} does not offer TLS.`
    case 'self-signed':
      return `The certificate of ${server} is signed by itself and by no authority that is trusted here.`
    case 'unknown-authority':
      return `The certificate of ${server} was signed by an authority that is not known here.`
    case 'wrong-name':
      return `The certificate of ${server} is for another name: ${detail}.`
    case 'not-valid-now':
      return `The certificate of ${server} is not valid at this time: ${detail}.`
    case 'handshake-failed':
      return `No trusted TLS connection to ${server}: ${detail}.`
  }
}

const mend: Record<TlsTrouble, string> = {
  'no-tls': 'Switch TLS on at the server (ssl = on, with ssl_cert_file and ssl_key_file).',
  'self-signed': 'Give the server’s own certificate as certificate of the authority (sslRootCert).',
  'unknown-authority': 'Give the certificate of the authority that signed the server’s certificate (sslRootCert).',
  'wrong-name': 'Connect by a name that the certificate holds.',
  'not-valid-now': 'Renew the certificate at the server, and check the clocks of both machines.',
  'handshake-failed': 'Check the TLS settings of the server.',
}

/** What to do, and what can be taken instead with its consequence. */
export function tlsRemedy(trouble: TlsTrouble): string {
  const less = tlsOffers(trouble)
    .filter(({ ssl }) => ssl !== 'verify-full')
    .map(({ ssl, consequence }) => `"${ssl}" (${consequence.replace(/\.$/, '')})`)
  return `${mend[trouble]} Or choose a TLS mode that asks for less: ${less.join('; or ')}.`
}
