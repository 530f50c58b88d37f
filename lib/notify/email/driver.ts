import { createTransport } from 'nodemailer'
import { type EmailConfig, emailConfigSchema } from '@/lib/contracts/alerting/channel-config'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { RestrictedSocket } from '@/lib/network/restricted-socket'
import type { Notification, NotifierDriver } from '@/lib/ports/notifier'
import { withLimit } from '../with-limit'
import { classifyError } from './classify-error'
import { formatEmail } from './format'

const limitMs = 30_000

type Opened = (error: Error | null, options?: { connection: RestrictedSocket }) => void

function openSocket({ host, port }: EmailConfig, done: Opened): void {
  const socket = new RestrictedSocket()
  const fail = (error: Error) => done(error)
  socket.once('error', fail)
  socket.setTimeout(limitMs, () => socket.destroy(new Error('Connection timeout')))
  socket.connect(port, host, () => {
    socket.off('error', fail)
    socket.setTimeout(0)
    done(null, { connection: socket })
  })
}

function openTransport(config: EmailConfig, password: string | null) {
  return createTransport({
    host: config.host,
    port: config.port,
    // The library resolves names in its own way; this socket checks what it connects to.
    getSocket: (_options, done) => openSocket(config, done),
    secure: config.security === 'tls',
    // Without this a server (or somebody in between) that offers no STARTTLS would get the password in the clear.
    requireTLS: config.security === 'starttls',
    ignoreTLS: config.security === 'none',
    ...(config.user === undefined ? {} : { auth: { user: config.user, pass: password ?? '' } }),
    connectionTimeout: limitMs,
    greetingTimeout: limitMs,
    socketTimeout: limitMs,
    dnsTimeout: limitMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** The end of an incident answers the mail that opened it, so that mail programs show them together. */
function threadHeaders(notification: Notification): { messageId?: string; inReplyTo?: string; references?: string } {
  const opened = `<${notification.alertId}.opened@holdfast>`
  if (notification.phase === 'opened') return { messageId: opened }
  return notification.phase === 'test' ? {} : { inReplyTo: opened, references: opened }
}

/** Mail by SMTP. Rejects with `notify-failed` or `notify-refused` unless the server took it for every recipient. */
export const emailDriver: NotifierDriver = {
  kind: 'email',
  groups: true,
  async send(channel, notification, signal) {
    const config = emailConfigSchema.parse(channel.config)
    const transport = openTransport(config, channel.secret)
    try {
      const result = await withLimit(limitMs, signal, () =>
        transport.sendMail({
          from: config.from,
          to: config.to,
          ...formatEmail(notification),
          ...threadHeaders(notification),
          headers: { 'Auto-Submitted': 'auto-generated' },
        }),
      )
      if (result.rejected.length > 0) {
        const rejected = result.rejected.map(String)
        throw new HoldfastError('notify-refused', `The mail server refused ${rejected.join(', ')}`, {
          remedy: 'Check the addresses of the channel.',
          facts: { rejected },
        })
      }
    } catch (error) {
      signal.throwIfAborted()
      throw classifyError(error, config, channel.secret)
    } finally {
      transport.close()
    }
  },
}
