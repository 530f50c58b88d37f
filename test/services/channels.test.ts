import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import type { ServiceContext } from '@/lib/services/context'
import { channelSpec } from '@/lib/services/channel/channel-spec'
import { createChannel } from '@/lib/services/channel/create-channel'
import { deleteChannel } from '@/lib/services/channel/delete-channel'
import { findChannel } from '@/lib/services/channel/find-channel'
import { getChannel } from '@/lib/services/channel/get-channel'
import { listChannels } from '@/lib/services/channel/list-channels'
import { testChannel } from '@/lib/services/channel/test-channel'
import { updateChannel } from '@/lib/services/channel/update-channel'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { getSettings } from '@/lib/services/settings/get-settings'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog/catalog'
import { startHttpReceiver, type HttpReceiver } from '../helpers/servers/http-receiver'
import { as, testContext } from '../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let receiver: HttpReceiver
beforeAll(async () => {
  catalog = await freshCatalog()
  ctx = testContext(catalog.db)
  receiver = await startHttpReceiver()
})
afterAll(async () => {
  await receiver.close()
  await catalog.drop()
})

const webhook = (name: string, config: object = {}) =>
  createChannelSchema.parse({
    name,
    kind: 'webhook',
    config: { url: `${receiver.url}/T00/B00/secret-path`, secret: 'hmac-key', ...config },
  })

describe('an alert channel', () => {
  it('hides the address of a webhook from all but administrators, and its key from everyone (security 6)', async () => {
    const { id } = await createChannel({ ctx, input: webhook('hidden') })
    expect((await getChannel({ ctx, input: { id } })).config['url']).toContain('secret-path')
    for (const role of ['viewer', 'operator'] as const) {
      const seen = JSON.stringify(await listChannels({ ctx: as(ctx, role), input: { limit: 9 } }))
      expect(seen).not.toContain('secret-path')
      expect(seen).toContain('127.0.0.1')
    }
    const audit = (await catalog.db.auditEvent.findMany()).map((event) => event.detail)
    const stored = JSON.stringify([await getChannel({ ctx, input: { id } }), audit])
    expect(stored).not.toContain('hmac-key')
    expect((await channelSpec(ctx, await findChannel(catalog.db, id))).secret).toBe('hmac-key')
  })

  it('delivers a test message, and answers with the reason when it cannot', async () => {
    const { id } = await createChannel({ ctx, input: webhook('tried') })
    expect(await testChannel({ ctx: as(ctx, 'operator'), input: { id } })).toEqual({ ok: true })
    expect(receiver.requests.at(-1)?.path).toBe('/T00/B00/secret-path')
    receiver.answer = (_, response) => void response.writeHead(410).end('gone')
    const refused = await testChannel({ ctx, input: { id } })
    expect(refused.ok).toBe(false)
    expect(refused.error?.message).toContain('410')
    expect(JSON.stringify(refused)).not.toContain('hmac-key')
  })

  it('tells an administrator alone what a receiver said: it may be a page of an internal service (security 15)', async () => {
    const { id } = await createChannel({ ctx, input: webhook('inside') })
    receiver.answer = (_, response) => void response.writeHead(403).end('root password of the router: admin')
    expect(await testChannel({ ctx, input: { id } })).toMatchObject({
      ok: false,
      error: { facts: { status: 403, answer: 'root password of the router: admin' } },
    })
    const told = await testChannel({ ctx: as(ctx, 'operator'), input: { id } })
    expect(told).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('403'), facts: { status: 403 } },
    })
    expect(JSON.stringify(told)).not.toContain('router')
    receiver.answer = (_, response) => void response.end('ok')
  })

  it('keeps its key when a change does not name it, and drops it when an empty one is given', async () => {
    const { id } = await createChannel({ ctx, input: webhook('kept') })
    const changed = await updateChannel({ ctx, input: { id, patch: { config: { format: 'slack' } } } })
    expect(changed).toMatchObject({ hasSecret: true, config: { format: 'slack' } })
    const emptied = await updateChannel({ ctx, input: { id, patch: { config: { secret: '' } } } })
    expect(emptied.hasSecret).toBe(false)
    await deleteChannel({ ctx, input: { id } })
    await expect(getChannel({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['slack', { url: 'https://hooks.slack.com/services/T0/B0/tell-nobody' }, 'https://hooks.slack.com/…'],
    ['teams', { url: 'https://x.logic.azure.com/workflows/1?sig=tell-nobody' }, 'https://x.logic.azure.com/…'],
    ['discord', { url: 'https://discord.com/api/webhooks/1/tell-nobody' }, 'https://discord.com/…'],
    ['telegram', { token: '123456:tell-nobody-tell-nobody', chatId: '-100' }, 'chat -100'],
    ['pagerduty', { routingKey: 'tellnobody'.padEnd(32, '0') }, 'events.pagerduty.com'],
  ])(
    'of the kind %s shows its secret to nobody, not even in the audit log (security 6)',
    async (kind, config, target) => {
      const input = createChannelSchema.parse({ name: `secret ${kind}`, kind, config })
      const created = await createChannel({ ctx, input })
      expect(created).toMatchObject({ hasSecret: true, target })
      const seen = [created, await listChannels({ ctx, input: { limit: 50 } })]
      const stored = await catalog.db.channel.findMany({ select: { config: true } })
      const audit = (await catalog.db.auditEvent.findMany()).map((event) => event.detail)
      expect(JSON.stringify([seen, stored, audit])).not.toMatch(/tell-?nobody/)
      const spec = await channelSpec(ctx, await findChannel(catalog.db, created.id))
      expect(spec.secret).toMatch(/tell-?nobody/)

      const renamed = await updateChannel({ ctx, input: { id: created.id, patch: { name: `renamed ${kind}` } } })
      expect(renamed).toMatchObject({ hasSecret: true, target })
      const field = Object.keys(config).find((name) => name !== 'chatId') ?? ''
      const emptied = updateChannel({ ctx, input: { id: created.id, patch: { config: { [field]: '' } } } })
      await expect(emptied).rejects.toMatchObject({ code: 'invalid-input' })
    },
  )

  it('keeps the routing that a change does not name', async () => {
    const quietHours = { from: '20:00', to: '06:00', timeZone: 'Europe/Athens' }
    const routing = { minSeverity: 'critical', tags: ['shop'], quietHours, remindHours: 4 }
    const input = createChannelSchema.parse({ ...webhook('routed'), routing })
    const { id } = await createChannel({ ctx, input })
    const changed = await updateChannel({ ctx, input: { id, patch: { routing: { remindHours: null } } } })
    expect(changed.routing).toMatchObject({ ...routing, remindHours: null, recovery: true, events: null })
    const without = await updateChannel({ ctx, input: { id, patch: { routing: { quietHours: null } } } })
    expect(without.routing).toMatchObject({ quietHours: null, tags: ['shop'] })
  })

  it('with a template that cannot be filled in is refused when it is typed', async () => {
    const broken = webhook('templated', { format: 'template', template: '{"a": {{title}}}' })
    await expect(createChannel({ ctx, input: broken })).rejects.toMatchObject({
      code: 'template-invalid',
      facts: { errors: [{ path: 'config.template' }] },
    })
    const right = webhook('templated', { format: 'template', template: '{"a": "{{title}}"}' })
    expect(await createChannel({ ctx, input: right })).toMatchObject({ kind: 'webhook' })
  })

  it('refuses a metadata address as webhook and as mail server (security 15)', async () => {
    const url = 'http://169.254.169.254/latest/meta-data'
    await expect(createChannel({ ctx, input: webhook('ssrf', { url }) })).rejects.toMatchObject({
      code: 'address-refused',
    })
    const email = createChannelSchema.parse({
      name: 'mail',
      kind: 'email',
      config: { host: '169.254.169.254', from: 'a@b.c', to: ['d@e.f'] },
    })
    await expect(createChannel({ ctx, input: email })).rejects.toMatchObject({ code: 'address-refused' })
  })
})

describe('the recovery kit', () => {
  it('is shown once; the catalog keeps only its public half, and replacing it must be asked for (security 3)', async () => {
    const kit = await createRecoveryKit({ ctx, input: { replace: false } })
    expect(kit.text).toContain('AGE-SECRET-KEY-1')
    const kept = JSON.stringify([
      await catalog.db.setting.findMany(),
      (await catalog.db.auditEvent.findMany()).map((e) => e.detail),
    ])
    expect(kept).toContain(kit.recipient)
    expect(kept).not.toContain('AGE-SECRET-KEY')
    await expect(createRecoveryKit({ ctx, input: { replace: false } })).rejects.toMatchObject({
      code: 'recovery-key-exists',
    })
    const second = await createRecoveryKit({ ctx, input: { replace: true } })
    const settings = await getSettings({ ctx: as(ctx, 'viewer'), input: { version: '1', home: '/nowhere' } })
    expect(settings.recoveryKey.recipient).toBe(second.recipient)
    await expect(createRecoveryKit({ ctx: as(ctx, 'operator'), input: { replace: true } })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('is made by one of two who ask at the same moment', async () => {
    await catalog.db.setting.deleteMany({ where: { key: 'recovery-key' } })
    const both = [1, 2].map(() => createRecoveryKit({ ctx, input: { replace: false } }))
    const results = await Promise.allSettled(both)
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })
})
