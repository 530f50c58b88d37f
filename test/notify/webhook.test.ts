import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { notifierDrivers } from '@/lib/notify'
import type { Notification } from '@/lib/ports/notifier'
import { startHttpReceiver } from '../helpers/servers/http-receiver'

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

  it('can check that the notification came from us, and when', async () => {
    await using receiver = await startHttpReceiver()
    await send(receiver.url, {}, 'shared secret')
    const request = receiver.requests[0]
    const timestamp = String(request?.headers['x-holdfast-timestamp'])
    expect(Math.abs(Date.now() / 1_000 - Number(timestamp))).toBeLessThan(10)
    const expected = createHmac('sha256', 'shared secret')
      .update(`${timestamp}.${request?.body ?? ''}`)
      .digest('hex')
    expect(request?.headers['x-holdfast-signature']).toBe(`sha256=${expected}`)
  })

  it('gets the body and media type of a template, in which nothing from outside can end a string', async () => {
    await using receiver = await startHttpReceiver()
    const template =
      '{"msg":"{{headline}}","why":"{{body}}","facts":[{{#factList}}"{{name}}={{value}}",{{/factList}}"end"],"src":"{{facts.source}}"}'
    await send(receiver.url, { format: 'template', template, contentType: 'application/vnd.ops+json; charset=utf-8' })
    expect(receiver.requests[0]?.headers['content-type']).toBe('application/vnd.ops+json; charset=utf-8')
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toEqual({
      msg: '[CRITICAL] Backup of <!channel> failed',
      why: 'The disk of "db1" is full',
      facts: ['source=shop', 'exitCode=1', 'end'],
      src: 'shop',
    })
    await send(receiver.url, {
      format: 'template',
      template: 'text={{title}}',
      contentType: 'application/x-www-form-urlencoded',
    })
    expect(receiver.requests[1]?.body).toBe('text=Backup%20of%20%3C!channel%3E%20failed')
  })

  it('that has a broken template is told so, and nothing is sent', async () => {
    await using receiver = await startHttpReceiver()
    for (const template of ['{{#open}}', '{"a": {{title}}}']) {
      await expect(send(receiver.url, { format: 'template', template })).rejects.toMatchObject({
        code: 'template-invalid',
      })
    }
    expect(receiver.requests).toEqual([])
  })

  it('names the message, so that one that comes twice can be told', async () => {
    await using receiver = await startHttpReceiver()
    const signal = new AbortController().signal
    const channel = { name: 'Hook', config: { url: receiver.url }, secret: null }
    await notifierDrivers.webhook.send(channel, { ...notification, deliveryId: 'delivery-1' }, signal)
    expect(receiver.requests[0]?.headers['x-holdfast-delivery']).toBe('delivery-1')
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
