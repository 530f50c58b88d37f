import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decideApproval } from '@/lib/services/approval/decide-approval'
import type { ServiceContext } from '@/lib/services/context'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { remind } from '@/lib/services/incident/remind'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { updateRetentionPolicy } from '@/lib/services/retention-policy/update-retention-policy'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { updateUser } from '@/lib/services/user/update-user'
import { createChannel } from '@/lib/services/channel/create-channel'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { person, showAgain, type Person } from '../../helpers/catalog/people'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'
import { pagerdutyKey, startPagerduty } from '../../helpers/servers/service-receivers'
import { startTold, type Told } from '../../helpers/told'

let catalog: FreshCatalog
let clock: TestClock
let root: ServiceContext
let ann: Person
let ben: Person
let told: Told
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  root = testContext(catalog.db, { clock, actor: { type: 'cli', user: 'root', role: 'admin' } })
  ann = await person(root)
  ben = await person(root)
  told = await startTold(root)
})
afterAll(async () => {
  await told.close()
  await catalog.drop()
})
beforeEach(async () => {
  await catalog.db.alert.deleteMany()
  await showAgain(ann)
  await showAgain(ben)
})

const destination = async (name: string = randomUUID()) =>
  (await catalog.db.destination.create({ data: { name, kind: 'local', config: { path: '/tmp' } } })).id
const remove = (of: Person, id: string) => deleteDestination({ ctx: of.ctx, input: { id } })
/** What has arrived since the last question. */
let heard = 0
const news = async () => {
  await told.of('guarded-change')
  const texts = told.texts('guarded-change')
  return texts.slice(heard, (heard = texts.length))
}

describe('a change that needs step-up', () => {
  it('is told to the others, once, and not reminded of (security 23)', async () => {
    await remove(ann, await destination('the vault'))
    expect(await news()).toEqual([
      expect.stringMatching(new RegExp(`^${ann.email} made a guarded change: Delete the destination "the vault"`)),
    ])
    await remind({ ctx: root, now: new Date(Date.now() + 90 * 86_400_000) })
    expect(await news()).toEqual([])
    const [alert] = await catalog.db.alert.findMany()
    expect(alert).toMatchObject({ event: 'guarded-change', facts: { action: 'destination.delete', by: ann.email } })
    expect(alert?.resolvedAt).toEqual(alert?.openedAt)
  })

  it('is told whatever it is: a shorter policy, an exported kit, a new administrator (security 23)', async () => {
    const policy = await createRetentionPolicy({ ctx: root, input: { name: randomUUID(), rules: { keepDays: 30 } } })
    await news()
    await updateRetentionPolicy({ ctx: ann.ctx, input: { id: policy.id, patch: { rules: { keepDays: 3 } } } })
    await createRecoveryKit({ ctx: ann.ctx, input: { replace: false } })
    const { id } = await person(root, 'operator')
    await updateUser({ ctx: ann.ctx, input: { id, patch: { role: 'admin' } } })
    const texts = await news()
    expect(texts).toHaveLength(3)
    for (const about of ['Shorten the retention policy', 'recovery kit', 'an administrator']) {
      expect(texts.filter((text) => text.includes(about))).toHaveLength(1)
    }
  })

  it('is sent when a place or credentials of a destination change, not for its name', async () => {
    const id = await destination()
    await updateDestination({ ctx: ann.ctx, input: { id, patch: { name: randomUUID() } } })
    expect(await news()).toEqual([])
    await updateDestination({ ctx: ann.ctx, input: { id, patch: { config: { path: `/var/tmp/${randomUUID()}` } } } })
    expect(await news()).toEqual([expect.stringContaining('changed a destination')])
  })

  it('is not told when it did not happen', async () => {
    clock.advance(20 * 60_000)
    await expect(remove(ann, await destination())).rejects.toMatchObject({ code: 'step-up-needed' })
    const last = await person(root)
    await news()
    await expect(remove(last, randomUUID())).rejects.toMatchObject({ code: 'not-found' })
    expect(await news()).toEqual([])
  })

  it('leaves nothing open with a receiver that keeps incidents', async () => {
    await using pagerduty = await startPagerduty()
    const config = { baseUrl: pagerduty.url, routingKey: pagerdutyKey }
    const input = { name: 'pager', kind: 'pagerduty', config, routing: { recovery: false } }
    await createChannel({ ctx: root, input: createChannelSchema.parse(input) })
    await remove(ann, await destination())
    expect(await news()).toHaveLength(1)
    expect([...pagerduty.incidents().values()]).toEqual(['resolved'])
    await catalog.db.channel.updateMany({ where: { name: 'pager' }, data: { enabled: false } })
  })
})

describe('with four eyes', () => {
  it('the request, the answer and the change are told (security 23)', async () => {
    await updateOperations({ ctx: root, input: { access: { fourEyes: true } } })
    await news()
    const ask = async (id: string) => {
      const refusal: unknown = await remove(ann, id).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'approval-needed' })
      return (await catalog.db.approval.findFirstOrThrow({ where: { subjectId: id } })).id
    }
    const [one, two] = [await destination(), await destination()]
    const first = await ask(one)
    expect(await ask(one)).toBe(first)
    await decideApproval({ ctx: ben.ctx, input: { id: first, decision: 'approved' } })
    await remove(ann, one)
    await decideApproval({ ctx: ben.ctx, input: { id: await ask(two), decision: 'refused' } })
    expect((await news()).map((text) => text.split(':')[0])).toEqual([
      `${ann.email} asks for an agreement`,
      `${ben.email} agreed to a guarded change`,
      `${ann.email} made a guarded change`,
      `${ann.email} asks for an agreement`,
      `${ben.email} refused a guarded change`,
    ])
  })
})
