import type { EmailConfig } from '@/lib/contracts/alerting/channel-config'
import { clip } from '@/lib/core/clip'
import { HoldfastError } from '@/lib/core/holdfast-error'

function field(error: unknown, name: 'code' | 'responseCode'): unknown {
  return typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined
}

const named = (code: unknown) => (typeof code === 'string' ? ` (${code})` : '')

/** What nodemailer threw, as something a person can act on; the password does not appear in it. */
export function classifyError(error: unknown, config: EmailConfig, secret: string | null): HoldfastError {
  if (error instanceof HoldfastError) return error
  const text = clip(error instanceof Error ? error.message : String(error), 1_000)
  const detail = secret ? text.replaceAll(secret, '***') : text
  const server = `${config.host}:${config.port}`
  // What the server said is a fact and not part of the message: it may be any service that only this machine can reach.
  const facts = { server, detail }
  const code = field(error, 'code')
  const responseCode = field(error, 'responseCode')

  if (code === 'EAUTH') {
    return new HoldfastError('notify-refused', `The mail server ${server} did not accept user and password`, {
      remedy: 'Enter user and password of the channel again; some providers want an application password.',
      facts,
    })
  }
  const certificate = /certificate|self.signed/i.test(detail) ? ': its certificate was not accepted' : ''
  if (code === 'ETLS' || /certificate|self.signed|STARTTLS|SSL|TLS/i.test(detail)) {
    return new HoldfastError(
      'notify-failed',
      `No secure connection to the mail server ${server}${certificate}${named(code)}`,
      {
        remedy:
          'Check port and security of the channel (587 with STARTTLS, 465 with TLS) and the certificate of the server.',
        facts,
      },
    )
  }
  if (typeof responseCode === 'number') {
    // 4xx asks to come again later; 5xx is final.
    return new HoldfastError('notify-refused', `The mail server ${server} refused the mail (${responseCode})`, {
      remedy: 'Check the sender and the recipients of the channel, and whether the user may send as that sender.',
      facts: { ...facts, responseCode },
      transient: responseCode < 500,
    })
  }
  return new HoldfastError('notify-failed', `The mail server ${server} could not be reached${named(code)}`, {
    remedy: 'Check host and port of the channel, and whether a firewall is in between.',
    facts,
    transient: true,
  })
}
