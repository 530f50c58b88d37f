import { randomUUID } from 'node:crypto'
import type { ChannelTest } from '@/lib/contracts/alerting/alert'
import type { Failure } from '@/lib/contracts/common'
import { toFailure } from '@/lib/core/holdfast-error'
import { actorName } from '../actor-name'
import { recordAudit } from '../audit/record-audit'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { settleChannel } from '../incident/channel-incident'
import { permit } from '../permit'
import { channelKind } from './channel-config'
import { channelSpec } from './channel-spec'
import { findChannel } from './find-channel'

const sendTimeoutMs = 30_000
/** Facts of Holdfast and not of the receiver. */
const openFacts = new Set(['status', 'responseCode', 'receiver', 'server', 'code', 'retryAfterSeconds'])

/**
 * Sends a test message. That the receiver refused it is an answer, not an exception. Only administrators see what it
 * answered: anyone else allowed to test a channel could read pages of internal services through it.
 */
export async function testChannel({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; signal?: AbortSignal }
}): Promise<ChannelTest> {
  permit(ctx.actor, 'operator')
  const row = await findChannel(ctx.db, input.id)
  const notification = {
    phase: 'test' as const,
    alertId: randomUUID(),
    event: 'test',
    severity: 'warning' as const,
    title: `Test message from Holdfast to "${row.name}"`,
    body: `${actorName(ctx.actor)} asked for this message. Nothing is wrong: alerts will arrive here.`,
    facts: {},
    at: ctx.clock.now(),
  }
  const { signal } = briefRun(ctx, sendTimeoutMs, input.signal)
  const result: ChannelTest = await ctx
    .notifier(channelKind(row.kind))
    .send(await channelSpec(ctx, row), notification, signal)
    .then(
      () => ({ ok: true }),
      (error: unknown) => ({ ok: false, error: shownTo(ctx, toFailure(error)) }),
    )
  await ctx.db.$transaction(async (tx) => {
    if (result.ok) await settleChannel(tx, row.id, ctx.clock.now())
    await recordAudit(tx, ctx.actor, {
      action: 'channel.test',
      subjectType: 'channel',
      subjectId: row.id,
      detail: { name: row.name, ok: result.ok, code: result.error?.code ?? null },
    })
  })
  return result
}

function shownTo({ actor }: ServiceContext, failure: Failure): Failure {
  if (actor.role === 'admin') return failure
  const { facts, ...rest } = failure
  const open = Object.entries(facts ?? {}).filter(([name]) => openFacts.has(name))
  return { ...rest, ...(open.length ? { facts: Object.fromEntries(open) } : {}) }
}
