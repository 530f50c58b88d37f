import { syslogConfigSchema, type SyslogConfig } from '@/lib/contracts/alerting/channel-config'
import { clip } from '@/lib/core/clip'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { refuseAddress } from '../refused-address'
import { withLimit } from '../with-limit'
import { formatSyslog } from './format'
import { sendDatagram } from './send-datagram'
import { sendFrame } from './send-frame'

const limitMs = 10_000
/** What a receiver of datagrams should take at least (RFC 5426, 3.2), and one of streams (RFC 5425, 4.3.1). */
const maxBytes = { udp: 2_048, tcp: 8_192, tls: 8_192 }

function unreachable({ host, port, transport }: SyslogConfig, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const detail = clip(error instanceof Error ? error.message || error.name : String(error), 1_000)
  const server = `${host}:${port}`
  const certificate = transport === 'tls' && /certificate|self.signed|altname|issuer/i.test(detail)
  return new HoldfastError('notify-failed', `The syslog server ${server} could not be reached: ${detail}`, {
    remedy: certificate
      ? 'Enter the certificate of the authority that signed the one of the server, and the name it is made for.'
      : 'Check host, port and transport of the channel, and that the server listens.',
    facts: { server, transport, detail },
    transient: !certificate,
  })
}

/** Messages of RFC 5424 over UDP, TCP or TLS. A datagram is never confirmed; a stream only as far as the network goes. */
export const syslogDriver: NotifierDriver = {
  kind: 'syslog',
  groups: false,
  async send(channel, notification, signal) {
    const config = syslogConfigSchema.parse(channel.config)
    const message = formatSyslog(notification, config, maxBytes[config.transport])
    try {
      refuseAddress(config.host)
      await withLimit(limitMs, signal, (both) =>
        config.transport === 'udp' ? sendDatagram(config, message, both) : sendFrame(config, message, both),
      )
    } catch (error) {
      signal.throwIfAborted()
      throw unreachable(config, error)
    }
  },
}
