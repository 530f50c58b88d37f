import { z } from 'zod'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { findTroubles } from './find-troubles'
import { raiseIncident } from './raise-incident'
import { resolveIncident } from './resolve-incident'

const key = 'dead-mans-switch-state'
const subject = 'dead-mans-switch'
/** This many consecutive failed calls are reported. */
const failingAfter = 3
const pingLimitMs = 10_000

const stateSchema = z.object({
  lastPingAt: z.string().nullable().default(null),
  lastError: z.string().nullable().default(null),
  /** Calls that did not arrive since the last one that did. */
  failures: z.number().int().default(0),
  /** The current trouble was reported to the monitor; from then on no calls are made. */
  troubleTold: z.boolean().default(false),
})
export type DeadMansSwitchState = z.infer<typeof stateSchema>

interface Args {
  ctx: ServiceContext
  now: Date
  /** One GET; rejects unless it was answered with success. */
  ping: (url: string, signal: AbortSignal) => Promise<void>
  signal: AbortSignal
}

/**
 * Calls the dead man's switch while all is well, once per interval across all processes. In trouble it calls `/fail` once
 * and then stays silent, so that the monitor notices. Answers what it did.
 */
export async function pingDeadMansSwitch(
  args: Args,
): Promise<'off' | 'not-due' | 'pinged' | 'trouble' | 'unreachable'> {
  const { ctx, now } = args
  const { url, intervalSeconds } = (await readOperations(ctx.db)).deadManSwitch
  if (url === null) return 'off'
  const state = await claim(ctx.db, now, intervalSeconds)
  if (state === null) return 'not-due'
  const troubles = await findTroubles(ctx.db, now)
  if (troubles.length > 0) {
    ctx.logger.warn("the dead man's switch is not called", { troubles: troubles.join(' ') })
    if (state.troubleTold) return 'trouble'
    const error = await call(args, failAddress(url))
    await save(ctx.db, { ...state, lastError: error, troubleTold: error === null }, now)
    return 'trouble'
  }
  const error = await call(args, url)
  const failures = error === null ? 0 : state.failures + 1
  const lastPingAt = error === null ? now.toISOString() : state.lastPingAt
  await save(ctx.db, { lastPingAt, lastError: error, failures, troubleTold: false }, now)
  return error === null ? 'pinged' : 'unreachable'
}

/** What it last did. */
export async function readDeadMansSwitch(tx: Tx): Promise<DeadMansSwitchState> {
  const row = await tx.setting.findUnique({ where: { key } })
  return stateSchema.parse(row?.value ?? {})
}

/** The one worker that finds an interval over takes the next; null for the others. No lock is held while it calls. */
async function claim(tx: Tx, now: Date, intervalSeconds: number): Promise<DeadMansSwitchState | null> {
  // A little early, or a tick that comes a moment too soon would double the interval.
  const due = new Date(now.getTime() + intervalSeconds * 1_000 - 1_000).toISOString()
  const rows = await tx.$queryRaw<{ value: unknown }[]>(Prisma.sql`
    INSERT INTO setting (key, value, updated_at) VALUES (${key}, jsonb_build_object('dueAt', ${due}::text), ${now})
    ON CONFLICT (key) DO UPDATE SET value = setting.value || excluded.value, updated_at = excluded.updated_at
    WHERE (setting.value ->> 'dueAt')::timestamptz <= ${now}
      OR (setting.value ->> 'dueAt')::timestamptz > ${due}::text::timestamptz
    RETURNING value`)
  return rows[0] ? stateSchema.parse(rows[0].value) : null
}

async function save(db: ServiceContext['db'], state: DeadMansSwitchState, now: Date): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw(Prisma.sql`
      UPDATE setting SET value = value || ${JSON.stringify(state)}::jsonb, updated_at = ${now} WHERE key = ${key}`)
    if (state.failures === 0) await resolveIncident(tx, ['channel-failed'], subject, now)
    if (state.failures < failingAfter) return
    await raiseIncident(
      tx,
      {
        event: 'channel-failed',
        severity: 'warning',
        subjectId: subject,
        sourceId: null,
        title: "The dead man's switch cannot be reached",
        body: `${state.failures} calls in a row did not arrive: ${state.lastError ?? ''}. The service behind it will think that Holdfast is gone.`,
      },
      now,
    )
  })
}

/** Why the call failed; null when it did not. */
async function call({ ping, signal }: Args, url: string): Promise<string | null> {
  try {
    await ping(url, AbortSignal.any([signal, AbortSignal.timeout(pingLimitMs)]))
    return null
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof Error ? error.message : String(error)
  }
}

function failAddress(address: string): string {
  const url = new URL(address)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/fail`
  return url.href
}
