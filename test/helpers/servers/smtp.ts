import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface SmtpReceiver extends AsyncDisposable {
  port: number
  messages: { from: string; to: string[]; text: string; secure: boolean; user: string | null }[]
  close(): Promise<void>
}

/** A real SMTP server that keeps the mails it took. Without `auth` nobody has to sign in; without `tls` there is none. */
export async function startSmtp(
  options: {
    auth?: { user: string; password: string }
    tls?: { key: string; cert: string }
    implicitTls?: boolean
    refuse?: string
  } = {},
): Promise<SmtpReceiver> {
  const { auth, tls, refuse } = options
  const messages: SmtpReceiver['messages'] = []
  const settings: SMTPServerOptions = {
    authOptional: !auth,
    disabledCommands: [...(auth ? [] : ['AUTH']), ...(tls ? [] : ['STARTTLS'])],
    allowInsecureAuth: true,
    secure: options.implicitTls ?? false,
    ...(tls ?? {}),
    onAuth(given, _session, done) {
      if (auth && given.username === auth.user && given.password === auth.password) done(null, { user: auth.user })
      else done(new Error('Invalid username or password'))
    },
    onRcptTo(address, _session, done) {
      if (address.address !== refuse) return done()
      done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }))
    },
    onData(stream, session, done) {
      buffer(stream).then((bytes) => {
        const { mailFrom, rcptTo } = session.envelope
        messages.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((recipient) => recipient.address),
          text: bytes.toString('utf8'),
          secure: session.secure,
          user: session.user ?? null,
        })
        done()
      }, done)
    },
  }
  const server = new SMTPServer(settings)
  // A client that hangs up while TLS is being negotiated is a test's business, not an unhandled error.
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the SMTP server has no port')
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { port: address.port, messages, close, [Symbol.asyncDispose]: close }
}
