import { once } from 'node:events'
import { createServer } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { notifierDrivers } from '@/lib/notify'
import type { Notification } from '@/lib/ports/notifier'
import { makeCertificate } from '../helpers/servers/certificate'
import { startSyslog, type SyslogReceiver } from '../helpers/servers/syslog-receiver'
import { waitFor } from '../helpers/wait-for'

const notification: Notification = {
  phase: 'opened',
  alertId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
  event: 'backup-failed',
  severity: 'critical',
  title: 'Backup of "Größe]" failed\n<13>1 - - - - - - forged',
  body: 'The disk\\of "db1" is full',
  facts: { source: 'shop', exitCode: 1 },
  at: new Date('2026-11-21T02:00:00.123Z'),
}
const transports = ['udp', 'tcp', 'tls'] as const

let certificate: { key: string; cert: string }
beforeAll(async () => {
  certificate = await makeCertificate()
})

const send = (
  config: Record<string, unknown>,
  what = notification,
  signal: AbortSignal = new AbortController().signal,
) => notifierDrivers.syslog.send({ name: 'Log', config: { host: '127.0.0.1', ...config }, secret: null }, what, signal)
const first = (receiver: SyslogReceiver) =>
  waitFor('the message', () => receiver.messages[0] ?? receiver.errors[0], 5_000)

describe.each(transports)('syslog over %s', (transport) => {
  const start = () => startSyslog(transport, certificate)
  const config = (receiver: SyslogReceiver) => ({
    port: receiver.port,
    transport,
    ...(transport === 'tls' ? { ca: certificate.cert } : {}),
  })

  it('is one message of RFC 5424 with the facts of the alert', async () => {
    await using receiver = await start()
    await send(config(receiver))
    expect(await first(receiver)).toMatchObject({
      priority: 16 * 8 + 2,
      timestamp: '2026-11-21T02:00:00.123Z',
      app: 'holdfast',
      process: String(process.pid),
      id: 'backup-failed',
      data: {
        'holdfast@32473': {
          alertId: notification.alertId,
          phase: 'opened',
          event: 'backup-failed',
          severity: 'critical',
        },
      },
    })
    expect(receiver.errors).toEqual([])
    expect(receiver.messages).toHaveLength(1)
    // What would begin a message of its own stays text of this one.
    expect(receiver.messages[0]?.text).toContain('"Größe]" failed <13>1 - - - - - - forged')
    expect(receiver.messages[0]?.text).toContain('The disk\\of "db1" is full | source: shop | exitCode: 1')
  })

  it('says by its severity what it is, in the chosen facility', async () => {
    await using receiver = await start()
    const told = [
      [{ severity: 'warning' }, 4],
      [{ phase: 'reminder' }, 2],
      [{ phase: 'resolved' }, 5],
      [{ phase: 'test' }, 6],
    ] as const
    for (const [change] of told) await send({ ...config(receiver), facility: 13 }, { ...notification, ...change })
    await waitFor('all messages', () => receiver.messages.length === told.length, 5_000)
    expect(receiver.messages.map(({ priority }) => priority)).toEqual(told.map(([, severity]) => 13 * 8 + severity))
  })

  it('marks UTF-8, and leaves plain ASCII unmarked', async () => {
    await using receiver = await start()
    await send(config(receiver), { ...notification, title: 'Backup failed', body: 'plain' })
    await send(config(receiver))
    await waitFor('both messages', () => receiver.raw.length === 2, 5_000)
    const marked = receiver.raw.map((bytes) => bytes.includes(Buffer.from('\ufeff')))
    expect(marked).toEqual([false, true])
  })

  it('cuts a text that is too long, never a character', async () => {
    await using receiver = await start()
    for (const pad of ['', 'x', 'xx', 'xxx'])
      await send(config(receiver), { ...notification, body: pad + '😀'.repeat(5_000) })
    await waitFor('all messages', () => receiver.raw.length === 4, 5_000)
    expect(receiver.errors).toEqual([])
    for (const bytes of receiver.raw) expect(bytes.length).toBeLessThanOrEqual(transport === 'udp' ? 2_048 : 8_192)
  })

  it('that nobody listens to is an error that may pass', async () => {
    const receiver = await start()
    await receiver.close()
    await expect(send(config(receiver))).rejects.toMatchObject({ code: 'notify-failed', transient: true })
  })

  it('may not lead to the address where clouds serve credentials (security 15)', async () => {
    await expect(send({ port: 514, transport, host: '169.254.169.254' })).rejects.toMatchObject({
      code: 'notify-refused',
    })
  })
})

describe('syslog over TLS', () => {
  it('refuses a certificate that nobody vouches for (security 15)', async () => {
    await using receiver = await startSyslog('tls', await makeCertificate())
    const sending = send({ port: receiver.port, transport: 'tls', ca: certificate.cert })
    await expect(sending).rejects.toMatchObject({
      code: 'notify-failed',
      remedy: expect.stringContaining('certificate'),
    })
    expect(receiver.raw).toEqual([])
  })
})

describe('a syslog server that stays silent', () => {
  it('is left on abort', async () => {
    const silent = createServer({ pauseOnConnect: true })
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const controller = new AbortController()
    const connected = once(silent, 'connection')
    // TLS waits for the server's greeting.
    const sending = send({ port: address.port, transport: 'tls' }, notification, controller.signal)
    const rejected = expect(sending).rejects.toThrow('shutting down')
    const [socket] = await connected
    controller.abort(new Error('shutting down'))
    await rejected
    socket.destroy()
    silent.close()
  })
})
