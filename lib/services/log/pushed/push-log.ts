import type { PushedLog } from '@/lib/contracts/recovery/continuous'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { RunContext } from '@/lib/ports/run-context'
import { briefRun } from '@/lib/services/brief-run'
import type { ServiceContext } from '@/lib/services/context'
import { raiseIncident } from '@/lib/services/incident/raise-incident'
import { permit } from '@/lib/services/permit'
import { findSource } from '@/lib/services/source/find-source'
import { lockPushes } from './lock-pushes'
import { pushedLogOf } from '@/lib/services/log/log-method-of'
import { protectionOf } from '@/lib/services/log/protection-of'
import { storePushedHistory } from './store-pushed-history'
import { storePushedSegment } from './store-pushed-segment'
import { type Pushed, whoHandsIn } from './who-hands-in'

/** No engine has larger segments. */
const longestSegmentBytes = 2 ** 30
const longestHistoryBytes = 4 << 20
/** A server tries again what took longer. */
const patienceMs = 5 * 60_000

export interface PushLog {
  sourceId: string
  /** As the server calls the file. */
  name: string
  /** Its content. Throws `body-too-large` for more than this. */
  read(limitBytes: number): Promise<Buffer>
  signal?: AbortSignal
}

/** Of these the server would never rid itself: somebody has to look. */
const refusals = ['log-foreign', 'log-conflict', 'segment-damaged']

/**
 * Takes a file of the log that a server hands in. Answers once a destination has it and it is recorded; the same content again is as good.
 * Throws `log-push-off` where the log does not come in this way, and raises an alert with `log-foreign` for log of another server,
 * `log-conflict` for other content than is stored under the name, which stays, and `segment-damaged`.
 */
export async function pushLog({ ctx, input }: { ctx: ServiceContext; input: PushLog }): Promise<PushedLog> {
  permit(ctx.actor, 'operator')
  const { sourceId, name } = input
  const source = await findSource(ctx.db, sourceId)
  const { continuous, log } = protectionOf(source.protection)
  if (!continuous || log !== 'push') throw pushOff()
  const file = pushedLogOf(ctx, source).fileOf(name)
  if (!file) {
    throw new HoldfastError('invalid-input', `No file of a log is called "${name}".`, {
      remedy: 'Let the server name the file: %f in archive_command.',
    })
  }
  const run = briefRun(ctx, patienceMs, input.signal)
  const bytes = await input.read(file.kind === 'history' ? longestHistoryBytes : longestSegmentBytes)
  if (file.kind === 'passed') return { outcome: 'not-needed' }
  try {
    return await lockPushes(ctx.db, sourceId, () => take(ctx, source, { file, name, bytes }, run))
  } catch (error) {
    if (error instanceof HoldfastError && refusals.includes(error.code)) await alert(ctx, source, name, error)
    throw error
  }
}

async function take(ctx: ServiceContext, source: SourceModel, pushed: Pushed, run: RunContext): Promise<PushedLog> {
  const from = await whoHandsIn(ctx, source, pushed, run)
  if (!from) throw pushOff()
  run.signal.throwIfAborted()
  return pushed.file.kind === 'history'
    ? storePushedHistory({ ctx, source, pushed, from }, run)
    : storePushedSegment({ ctx, source, pushed, from }, run)
}

function pushOff(): HoldfastError {
  return new HoldfastError('log-push-off', 'The log of this source is not handed in by its server.', {
    remedy: 'Set its protection to a log that is handed in, or take the line out of archive_command.',
  })
}

async function alert(ctx: ServiceContext, source: SourceModel, name: string, error: HoldfastError): Promise<void> {
  await ctx.db.$transaction((tx) =>
    raiseIncident(
      tx,
      {
        event: 'log-refused',
        severity: 'critical',
        subjectId: source.id,
        sourceId: source.id,
        title: `Log in the name of ${source.name} was refused`,
        body: `${error.message} ${error.remedy ?? ''} What is stored was not changed. The server that sent it keeps trying, and hands in nothing else meanwhile.`,
        facts: { code: error.code, name },
      },
      ctx.clock.now(),
    ),
  )
}
