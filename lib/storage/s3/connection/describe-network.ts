import { isIP } from 'node:net'
import type { S3Config } from '@/lib/contracts/destinations/s3'
import { tlsTroubleOf, type TlsTrouble } from '@/lib/core/network/tls-trouble'
import { endpointName } from './endpoint-name'
import type { S3Fault } from './read-fault'

const socketCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_SOCKET_CLOSED'],
  ...['TimeoutError', 'HPE_INVALID_CONSTANT', 'HPE_CLOSED_CONNECTION', 'HPE_INVALID_EOF_STATE'],
])
const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/

export const pathStyleHint = 'turn on path-style addresses'

/** A store that could not be talked to. Null when it was. */
export function describeNetwork(
  fault: S3Fault,
  config: S3Config,
): { message: string; remedy: string; transient: boolean } | null {
  const { code } = fault
  const endpoint = endpointName(config)
  if (tlsCode.test(code)) return { ...describeTls(fault, config), transient: false }
  if (!socketCodes.has(code)) return null
  if (code === 'TimeoutError') {
    return {
      message: `${endpoint} stopped answering`,
      remedy: 'Check the endpoint, the network and the firewall',
      transient: true,
    }
  }
  const message = `${endpoint} cannot be reached (${code})`
  if ((code === 'ENOTFOUND' || code === 'EAI_AGAIN') && hasBucketInHost(config)) {
    const remedy = `Check the endpoint; if the name ${config.bucket}.${hostOf(config)} is not known to the network, ${pathStyleHint}`
    return { message, remedy, transient: true }
  }
  return { message, remedy: 'Check the endpoint, the network and the firewall', transient: true }
}

const mends: Record<TlsTrouble, string> = {
  'no-tls': 'Let the endpoint begin with http:// if that is meant, or switch TLS on at the store',
  'self-signed': 'Set NODE_EXTRA_CA_CERTS to the store’s certificate, which is its own authority',
  'unknown-authority':
    'Check the address; for a private certificate authority set NODE_EXTRA_CA_CERTS to its certificate',
  'wrong-name': 'Enter the store by a name that its certificate holds',
  'not-valid-now': 'Renew the certificate at the store, and check the clocks of both machines',
  'handshake-failed': 'Check the address and the TLS settings of the store',
}

function describeTls({ code, message }: S3Fault, config: S3Config): { message: string; remedy: string } {
  const endpoint = endpointName(config)
  // What answers a TLS greeting with something else speaks no TLS: OpenSSL reads its first bytes as a version.
  if (/wrong version number|packet length too long|record layer failure|http request/i.test(message)) {
    return { message: `${endpoint} does not speak TLS on this port`, remedy: mends['no-tls'] }
  }
  const trouble = tlsTroubleOf(code, '') ?? 'handshake-failed'
  const style = trouble === 'wrong-name' && hasBucketInHost(config) ? `, or ${pathStyleHint}` : ''
  return {
    message: `The TLS certificate of ${endpoint} was not accepted (${code})`,
    remedy: `${mends[trouble]}${style}`,
  }
}

const hostOf = ({ endpoint }: S3Config): string => URL.parse(endpoint ?? '')?.hostname ?? ''

/** The SDK writes the bucket in front of the host, unless that is an address. */
export function hasBucketInHost(config: S3Config): boolean {
  const host = hostOf(config)
  return !config.forcePathStyle && host !== '' && isIP(host.replace(/^\[|\]$/g, '')) === 0
}
