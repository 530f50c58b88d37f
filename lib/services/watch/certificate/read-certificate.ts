import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { CertificateTarget } from '@/lib/contracts/certificate-target'
import { RestrictedSocket } from '@/lib/network/restricted-socket'
import { askPostgres } from './ask-postgres'
import { askSmtp } from './ask-smtp'

/** Asks for TLS in the server's own protocol; false when it offers none. */
export type Greeting = (socket: Socket, signal: AbortSignal) => Promise<boolean>

const greetings: Record<CertificateTarget['greeting'], Greeting> = {
  tls: () => Promise.resolve(true),
  postgres: askPostgres,
  smtp: askSmtp,
}

/**
 * When the certificate that the server shows ends; null when it offers no TLS. Whether it is trusted is not asked: that
 * is for those who connect. Rejects when the server cannot be reached or the signal aborts.
 */
export async function readCertificate(target: CertificateTarget, signal: AbortSignal): Promise<Date | null> {
  signal.throwIfAborted()
  const socket = new RestrictedSocket().connect(target.port, target.host)
  // What is waited for reports errors itself; one that comes between two waits must not end the process.
  socket.on('error', () => undefined)
  try {
    await once(socket, 'connect', { signal })
    if (!(await greetings[target.greeting](socket, signal))) return null
    const tls = connectTls({
      socket,
      rejectUnauthorized: false,
      ...(isIP(target.host) ? {} : { servername: target.host }),
    })
    tls.on('error', () => undefined)
    try {
      await once(tls, 'secureConnect', { signal })
      const validTo = new Date(tls.getPeerCertificate().valid_to)
      return Number.isNaN(validTo.getTime()) ? null : validTo
    } finally {
      tls.destroy()
    }
  } finally {
    socket.destroy()
  }
}
