import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { confirmRecoveryKit } from '@/lib/services/recovery-kit/confirm-recovery-kit'
import { getRecoveryKit } from '@/lib/services/recovery-kit/get-recovery-kit'
import { startDueRewrap } from '@/lib/services/recovery-kit/start-rewrap'
import { renderMetrics } from '@/lib/services/metrics/render-metrics'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { freshCatalog } from '../helpers/catalog/catalog'
import { as, testContext } from '../helpers/catalog/service-context'
import { twoSources } from '../helpers/catalog/two-sources'

describe('the recovery kit is a state', () => {
  let catalog: Awaited<ReturnType<typeof freshCatalog>>
  let ctx: ReturnType<typeof testContext>
  let copies: string[]

  beforeAll(async () => {
    catalog = await freshCatalog()
    ctx = testContext(catalog.db)
    const { mine, other } = await twoSources(catalog.db)
    copies = [mine.copy, other.copy]
  })
  afterAll(() => catalog?.drop())

  const look = () => getRecoveryKit({ ctx: as(ctx, 'viewer') })
  const wrapFor = (id: string, wrappedFor: string[]) =>
    catalog.db.backupCopy.update({ where: { id }, data: { wrappedFor } })
  const wordIn = (text: string) => /^# Check word: (\S+)/m.exec(text)?.[1] ?? ''
  const confirm = (checkWord: string, by: ServiceContext = ctx) => confirmRecoveryKit({ ctx: by, input: { checkWord } })
  const jobs = () => catalog.db.job.count({ where: { kind: 'rewrap' } })

  it('none: nothing opens what is encrypted, and what is not encrypted opens for all', async () => {
    expect(await look()).toEqual({
      state: 'none',
      recipient: null,
      createdAt: null,
      confirmedAt: null,
      hasCheckWord: false,
      backups: { total: 2, opened: 0 },
    })
    await wrapFor(copies[0] ?? '', ['*'])
    expect((await look()).backups).toEqual({ total: 2, opened: 1 })
    await expect(confirm('K7QM-2XPD')).rejects.toMatchObject({ code: 'recovery-kit-missing' })
  })

  it('made: the backups there are begin to be wrapped for it at once, and nothing but its own check word confirms it (security 4)', async () => {
    const before = await jobs()
    const first = await createRecoveryKit({ ctx, input: { replace: false } })
    expect(await jobs()).toBe(before + 1)
    const kit = await createRecoveryKit({ ctx, input: { replace: true } })
    expect(await look()).toMatchObject({
      state: 'made',
      recipient: kit.recipient,
      confirmedAt: null,
      hasCheckWord: true,
    })
    for (const wrong of [wordIn(first.text), 'K7QM-2XPD', kit.recipient]) {
      await expect(confirm(wrong)).rejects.toMatchObject({ code: 'check-word-wrong' })
    }
    expect((await look()).state).toBe('made')
    await expect(confirm(wordIn(kit.text), as(ctx, 'operator'))).rejects.toMatchObject({ code: 'forbidden' })
    expect(JSON.stringify(await catalog.db.setting.findMany())).not.toContain(wordIn(kit.text))

    expect(await confirm(wordIn(kit.text).toLowerCase())).toMatchObject({
      state: 'confirmed',
      confirmedAt: expect.any(String),
    })
    const at = (await look()).confirmedAt
    ctx.clock.advance(60_000)
    expect((await confirm(wordIn(kit.text))).confirmedAt).toBe(at)
    expect(await catalog.db.auditEvent.count({ where: { action: 'recovery-kit.confirm' } })).toBe(1)
  })

  it('says how many backups it opens in each of their copies, here and to Prometheus', async () => {
    const { recipient } = await look()
    const metrics = async () => (await renderMetrics({ ctx, version: '1' })).text
    expect((await look()).backups).toEqual({ total: 2, opened: 1 })
    expect(await metrics()).toContain('holdfast_recovery_kit_opened_backups 1')
    await wrapFor(copies[1] ?? '', [ctx.vault.instanceRecipient, recipient ?? ''])
    expect((await look()).backups).toEqual({ total: 2, opened: 2 })
    expect(await metrics()).toContain('holdfast_recovery_kit_confirmed 1')
  })

  it('a kit of an earlier version has no check word and can only be replaced, and the new one starts unconfirmed', async () => {
    const { value } = await catalog.db.setting.findUniqueOrThrow({ where: { key: 'recovery-key' } })
    const { recipient, createdAt } = value as Record<string, string>
    await catalog.db.setting.update({ where: { key: 'recovery-key' }, data: { value: { recipient, createdAt } } })
    expect(await look()).toMatchObject({ state: 'made', hasCheckWord: false })
    await expect(confirm('K7QM-2XPD')).rejects.toMatchObject({ code: 'recovery-kit-without-word' })
    await createRecoveryKit({ ctx, input: { replace: true } })
    expect(await look()).toMatchObject({ state: 'made', hasCheckWord: true })
  })

  it('while a copy or a key of a log is left that it does not open, the worker begins again, and otherwise not', async () => {
    const { recipient } = await look()
    await catalog.db.job.updateMany({ where: { kind: 'rewrap' }, data: { state: 'succeeded' } })
    const due = async () => {
      const before = await jobs()
      await startDueRewrap({ ctx, now: ctx.clock.now() })
      return (await jobs()) - before
    }
    expect(await due()).toBe(1)
    expect(await due()).toBe(0)
    await catalog.db.job.updateMany({
      where: { kind: 'rewrap' },
      data: { state: 'partial', createdAt: ctx.clock.now() },
    })
    expect(await due()).toBe(0)
    ctx.clock.advance(16 * 60_000)
    expect(await due()).toBe(1)
    const done = () => catalog.db.job.updateMany({ where: { kind: 'rewrap' }, data: { state: 'succeeded' } })
    const everyone = [recipient ?? '', ctx.vault.instanceRecipient]
    for (const id of copies) await wrapFor(id, everyone)
    await done()
    expect(await due()).toBe(1)
    await catalog.db.logPeriod.updateMany({ data: { wrappedFor: everyone } })
    await done()
    expect(await due()).toBe(0)
  })
})
