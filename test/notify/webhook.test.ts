import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { notifierDrivers } from '@/lib/notify'
import type { Notification } from '@/lib/ports/notifier'
import { startHttpReceiver } from '../helpers/http-receiver'

const notification: Notification = {
  phase: 'opened',
  alertId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11',
  event: 'backup-failed',
  severity: 'critical',
  title: 'Backup of <!channel> failed',
  body: 'The disk of "db1" is full',
  facts: { source: 'shop', exitCode: 1 },
  at: new Date('2026-11-21T02:00:00Z'),
  url: 'https://holdfast.example.com/admin/alerts',
}

const send = (
  url: string,
  config: Record<string, unknown> = {},
  secret: string | null = null,
  signal = new AbortController().signal,
) => notifierDrivers.webhook.send({ name: 'Hook', config: { url, ...config }, secret }, notification, signal)

describe('a webhook', () => {
  it('gets the notification as it is', async () => {
    await using receiver = await startHttpReceiver()
    await send(`${receiver.url}/hooks/x?team=1`)
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', path: '/hooks/x?team=1' })
    expect(receiver.requests[0]?.headers['content-type']).toBe('application/json')
    expect(receiver.requests[0]?.headers['x-holdfast-signature']).toBeUndefined()
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toEqual({ ...notification, at: '2026-11-21T02:00:00.000Z' })
  })

  it('gets text that Slack takes, in which nothing from outside is markup', async () => {
    await using receiver = await startHttpReceiver()
    await send(receiver.url, { format: 'slack' })
    const payload: unknown = JSON.parse(receiver.requests[0]?.body ?? '')
    expect(payload).toEqual({ text: expect.stringContaining('[CRITICAL] Backup of &lt;!channel&gt; failed') })
    expect(payload).toEqual({
      text: expect.stringContaining('<https://holdfast.example.com/admin/alerts|Open in Holdfast>'),
    })
    expect(payload).toEqual({ text: expect.stringContaining('• source: shop') })
  })

  it('can check that the notification came from us', async () => {
    await using receiver = await startHttpReceiver()
    await send(receiver.url, {}, 'shared secret')
    const request = receiver.requests[0]
    const expected = createHmac('sha256', 'shared secret')
      .update(request?.body ?? '')
      .digest('hex')
    expect(request?.headers['x-holdfast-signature']).toBe(`sha256=${expected}`)
  })

  it.each([
    [400, false],
    [404, false],
    [429, true],
    [503, true],
  ])('that answers %i has not taken it; trying again may help: %s', async (status, transient) => {
    await using receiver = await startHttpReceiver()
    receiver.answer = (_, response) => void response.writeHead(status).end('no_team')
    await expect(send(receiver.url)).rejects.toMatchObject({
      code: 'notify-refused',
      transient,
      facts: { status, answer: 'no_team' },
    })
  })

  it('is not followed elsewhere (security 15)', async () => {
    await using receiver = await startHttpReceiver()
    receiver.answer = (_, response) => void response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end()
    await expect(send(receiver.url)).rejects.toMatchObject({
      code: 'notify-refused',
      remedy: expect.stringMatching(/final URL/),
    })
    expect(receiver.requests).toHaveLength(1)
  })

  it('may not point to the address where clouds serve credentials (security 15)', async () => {
    for (const url of ['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://[::ffff:169.254.169.254]/']) {
      await expect(send(url), url).rejects.toMatchObject({ code: 'notify-refused' })
    }
  })

  it('that answers without end does not fill the memory', async () => {
    await using receiver = await startHttpReceiver()
    let written = 0
    receiver.answer = (_, response) => {
      response.writeHead(500)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written++
      }
      response.on('drain', more)
      more()
    }
    await expect(send(receiver.url)).rejects.toMatchObject({ code: 'notify-refused' })
    expect(written).toBeLessThan(200)
  })

  it('that is down is an error that shows no path, as the path may be the password', async () => {
    const receiver = await startHttpReceiver()
    await receiver.close()
    const error = await send(`${receiver.url}/services/T000/B000/secretpath`).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'notify-failed', transient: true })
    expect(JSON.stringify(error) + String(error)).not.toContain('secretpath')
  })

  it('that never answers is given up on abort', async () => {
    await using receiver = await startHttpReceiver()
    const controller = new AbortController()
    receiver.answer = () => controller.abort(new Error('shutting down'))
    await expect(send(receiver.url, {}, null, controller.signal)).rejects.toThrow('shutting down')
  })

  it('that never answers is given up after ten seconds', async () => {
    await using receiver = await startHttpReceiver()
    receiver.answer = () => undefined
    const started = performance.now()
    await expect(send(receiver.url)).rejects.toMatchObject({ code: 'notify-failed', transient: true })
    expect(performance.now() - started).toBeLessThan(12_000)
  })
})
