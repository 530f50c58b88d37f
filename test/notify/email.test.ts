import { once } from 'node:events'
import { createServer } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { notifierDrivers } from '@/lib/notify'
import type { Notification } from '@/lib/ports/notifier'
import { makeCertificate } from '../helpers/servers/certificate'
import { startSmtp } from '../helpers/servers/smtp'

const notification: Notification = {
  phase: 'opened',
  alertId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
  event: 'backup-failed',
  severity: 'critical',
  title: 'Backup of shop failed\r\nBcc: everybody@example.com',
  body: 'pg_dump failed with exit code 1: connection lost',
  facts: { source: 'shop', exitCode: 1, nothing: null },
  at: new Date('2026-11-21T02:00:00Z'),
  url: 'https://holdfast.example.com/admin/alerts',
}

const channelTo = (port: number, config: Record<string, unknown> = {}, secret: string | null = null) => ({
  name: 'Ops',
  secret,
  config: {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'holdfast@example.com',
    to: ['ops@example.com'],
    ...config,
  },
})
const send = (channel: ReturnType<typeof channelTo>, what = notification, signal = new AbortController().signal) =>
  notifierDrivers.email.send(channel, what, signal)

let trusted: { key: string; cert: string }
beforeAll(async () => {
  trusted = await makeCertificate()
  setDefaultCACertificates([...getCACertificates('default'), trusted.cert])
})

describe('e-mail', () => {
  it('arrives with what happened, where and when', async () => {
    await using smtp = await startSmtp()
    await send(channelTo(smtp.port, { to: ['ops@example.com', 'dba@example.com'] }))
    expect(smtp.messages).toHaveLength(1)
    expect(smtp.messages[0]).toMatchObject({ from: 'holdfast@example.com', to: ['ops@example.com', 'dba@example.com'] })
    const text = smtp.messages[0]?.text.replaceAll('=\r\n', '') ?? ''
    for (const part of ['connection lost', 'source: shop', notification.url ?? '', 'Auto-Submitted: auto-generated']) {
      expect(text).toContain(part)
    }
    expect(text).not.toContain('nothing')
  })

  it('cannot be given headers by a title', async () => {
    await using smtp = await startSmtp()
    await send(channelTo(smtp.port))
    expect(smtp.messages[0]?.to).toEqual(['ops@example.com'])
    expect(smtp.messages[0]?.text).not.toMatch(/^Bcc:/m)
  })

  it('about the end of an incident answers the one that opened it', async () => {
    await using smtp = await startSmtp()
    await send(channelTo(smtp.port))
    await send(channelTo(smtp.port), { ...notification, phase: 'resolved', title: 'Backup of shop runs again' })
    const id = /^Message-ID: (<.*>)/im.exec(smtp.messages[0]?.text ?? '')?.[1]
    expect(id).toBeDefined()
    expect(smtp.messages[1]?.text).toContain(`In-Reply-To: ${id}`)
    expect(smtp.messages[1]?.text).toContain('[RESOLVED]')
  })

  it.each([
    ['starttls', false],
    ['tls', true],
  ])('signs in over %s', async (security, implicitTls) => {
    const auth = { user: 'joe', password: 's3cret' }
    await using smtp = await startSmtp({ auth, tls: trusted, implicitTls })
    await send(channelTo(smtp.port, { security, user: 'joe' }, 's3cret'))
    expect(smtp.messages[0]).toMatchObject({ secure: true, user: 'joe' })
  })

  it('gives no password to a server that offers no STARTTLS although it was asked for (security 15)', async () => {
    await using smtp = await startSmtp({ auth: { user: 'joe', password: 's3cret' } })
    const sending = send(channelTo(smtp.port, { security: 'starttls', user: 'joe' }, 's3cret'))
    await expect(sending).rejects.toMatchObject({ code: 'notify-failed' })
    expect(smtp.messages).toEqual([])
  })

  it('refuses a certificate that nobody vouches for (security 15)', async () => {
    await using smtp = await startSmtp({ tls: await makeCertificate() })
    const sending = send(channelTo(smtp.port, { security: 'starttls' }))
    await expect(sending).rejects.toMatchObject({
      code: 'notify-failed',
      message: expect.stringMatching(/certificate/),
    })
  })

  it('is an error that names no password when the server refuses it (security 10)', async () => {
    await using smtp = await startSmtp({ auth: { user: 'joe', password: 'right' } })
    const error = await send(channelTo(smtp.port, { user: 'joe' }, 'wrong-one')).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'notify-refused', transient: false })
    expect(JSON.stringify(error) + String(error)).not.toContain('wrong-one')
  })

  it('is an error when only some recipients were accepted', async () => {
    await using smtp = await startSmtp({ refuse: 'gone@example.com' })
    const sending = send(channelTo(smtp.port, { to: ['ops@example.com', 'gone@example.com'] }))
    await expect(sending).rejects.toMatchObject({ code: 'notify-refused', facts: { rejected: ['gone@example.com'] } })
  })

  it('may be tried again when the server is down', async () => {
    const smtp = await startSmtp()
    await smtp.close()
    await expect(send(channelTo(smtp.port))).rejects.toMatchObject({ code: 'notify-failed', transient: true })
  })

  it('stops on abort while a server stays silent', async () => {
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const controller = new AbortController()
    const connected = once(silent, 'connection')
    const sending = send(channelTo(address.port), notification, controller.signal)
    const rejected = expect(sending).rejects.toThrow('shutting down')
    const [socket] = await connected
    controller.abort(new Error('shutting down'))
    await rejected
    socket.destroy()
    silent.close()
  })
})
