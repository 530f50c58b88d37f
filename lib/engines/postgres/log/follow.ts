import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn, type Lsn, parseLsn } from '@/lib/core/log/lsn'
import {
  segmentNumberOf,
  segmentStart,
  timelineHistoryName,
  timelineText,
  walSegmentName,
} from '@/lib/core/log/wal-name'
import { classifyQueryError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { identifySystem } from '@/lib/engines/postgres/replication/identify-system'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import type { LogCommits, LogEvent, LogFollowing, LogResume } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { nextLeg, readHistory, type ServerHistory } from './history'
import { WalReader } from './read-records'
import { ReplicationStream, senderTimeoutMs, startCommand } from './replication-stream'
import { createSlot, dropSlot, readSlot, slotName } from './slot'
import type { WalFact } from './wal-fact'

/** Follows the log of a cluster on its slot. See `LogMethod.follow`. */
export async function follow(source: SourceSpec, resume: LogResume | null, run: RunContext): Promise<LogFollowing> {
  const client = await openReplication(source, run.signal, `-c wal_sender_timeout=${senderTimeoutMs}`)
  try {
    return await start(client, source, resume, run)
  } catch (error) {
    await client.end().catch(() => undefined)
    run.signal.throwIfAborted()
    throw classifyQueryError(error)
  }
}

async function start(
  client: Client,
  source: SourceSpec,
  resume: LogResume | null,
  run: RunContext,
): Promise<LogFollowing> {
  const system = await identifySystem(client)
  if (resume && resume.identity !== system.systemIdentifier) throw foreign(resume, system.systemIdentifier)
  const segmentBytes = await readSegmentBytes(client)
  const server = await readHistory(client, system.timeline)
  const slot = await openSlot(client, slotName(source.id), resume)
  const { timeline, from } =
    resume && !resume.afterGap ? nextLeg(server, resume) : { timeline: system.timeline, from: slot }
  const first = segmentStart(segmentNumberOf(from, segmentBytes), segmentBytes)
  const stream = new ReplicationStream(client, first)
  try {
    await stream.start(startCommand(slotName(source.id), first, timeline))
  } catch (error) {
    throw classifyStreamError(error)
  }
  run.logger.info('following the log', { timeline: timelineText(timeline), from: formatLsn(first) })
  return {
    identity: system.systemIdentifier,
    timeline: timelineText(timeline),
    segmentBytes,
    histories: historiesOf(server, timeline),
    from: formatLsn(first),
    events: read(stream, { timeline, segmentBytes, first }),
    confirm: (position) => stream.confirm(parseLsn(position)),
    serverPosition: () => formatLsn(stream.serverLsn),
    async close() {
      stream.stop()
      await client.end().catch(() => undefined)
    },
  }
}

/** What is stored beside the segments of a timeline: how it came about. An older one that is followed to its end has it stored already. */
function historiesOf({ history, bytes }: ServerHistory, timeline: number): LogFollowing['histories'] {
  if (bytes === null || history.timeline !== timelineText(timeline)) return []
  return [{ segment: { number: 0, name: timelineHistoryName(timeline) }, bytes }]
}

/** The slot of the source, from where on the server keeps the log. One that lost its log is made anew once its gap is known. */
async function openSlot(client: Client, name: string, resume: LogResume | null): Promise<Lsn> {
  const there = await readSlot(client, name)
  if (there?.restart) return parseLsn(there.restart)
  if (there) {
    if (resume && !resume.afterGap) throw gap(`the slot ${name} was invalidated, and the server has removed its log`)
    await dropSlot(client, name)
  }
  const { restart } = await createSlot(client, name)
  if (restart === null) throw new HoldfastError('source-failed', `The server made no use of the new slot ${name}.`)
  return parseLsn(restart)
}

async function* read(
  stream: ReplicationStream,
  { timeline, segmentBytes, first }: { timeline: number; segmentBytes: number; first: Lsn },
): AsyncGenerator<LogEvent> {
  const reader = new WalReader({ segmentBytes })
  let expected = first
  try {
    for (;;) {
      const messages = await stream.next()
      if (messages === null) break
      for (const message of messages) {
        if (message.type === 'end') {
          const { lsn, at, isAwaited } = message
          yield { type: 'idle', position: formatLsn(lsn), at, isAwaited }
          continue
        }
        if (message.lsn !== expected) {
          throw gap(`the server went on at ${formatLsn(message.lsn)} instead of ${formatLsn(expected)}`)
        }
        for (const piece of pieces(message.lsn, message.bytes, segmentBytes)) {
          const number = segmentNumberOf(piece.lsn, segmentBytes)
          const offset = Number(piece.lsn - segmentStart(number, segmentBytes))
          const to = piece.lsn + BigInt(piece.bytes.length)
          yield {
            type: 'bytes',
            segment: { number, name: walSegmentName(timeline, number, segmentBytes) },
            offset,
            bytes: piece.bytes,
            from: formatLsn(piece.lsn),
            to: formatLsn(to),
            commits: commitsOf(reader.write(piece.lsn, piece.bytes)),
            whole: offset + piece.bytes.length === segmentBytes,
          }
        }
        expected = message.lsn + BigInt(message.bytes.length)
      }
    }
  } catch (error) {
    throw classifyStreamError(error)
  }
  const next = stream.nextTimeline
  if (next) yield { type: 'forked', timeline: timelineText(next.timeline), position: formatLsn(next.lsn) }
}

/** A message may reach over the end of a segment. */
function* pieces(lsn: Lsn, bytes: Buffer, segmentBytes: number): Generator<{ lsn: Lsn; bytes: Buffer }> {
  for (let at = 0; at < bytes.length;) {
    const here = lsn + BigInt(at)
    const left = segmentBytes - Number(here % BigInt(segmentBytes))
    const piece = bytes.subarray(at, at + left)
    yield { lsn: here, bytes: piece }
    at += piece.length
  }
}

function commitsOf(facts: WalFact[]): LogCommits | null {
  // Rounded up, so that nothing of them is later than the time that is told.
  const times = facts.flatMap((fact) =>
    fact.kind === 'commit' ? [new Date(Number((fact.atMicros + 999n) / 1_000n))] : [],
  )
  const [first] = times
  if (!first) return null
  return {
    firstAt: times.reduce((a, b) => (b < a ? b : a), first),
    lastAt: times.reduce((a, b) => (b > a ? b : a), first),
  }
}

async function readSegmentBytes(client: Client): Promise<number> {
  const { rows } = await client.query<{ wal_segment_size: string }>('SHOW wal_segment_size')
  const [, number, unit] = /^(\d+)(MB|GB)$/.exec(rows[0]?.wal_segment_size ?? '') ?? []
  if (number === undefined)
    throw new HoldfastError('source-failed', 'The server did not say how large its segments are.')
  return Number(number) * (unit === 'GB' ? 2 ** 30 : 2 ** 20)
}

function classifyStreamError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const text = errorText(error)
  if (errorCode(error) === '58P01' || /invalidated|can no longer get changes/.test(text)) return gap(text)
  if (errorCode(error) === '55006') {
    return new HoldfastError('slot-in-use', `The slot of this source is read by another program: ${text}.`, {
      remedy: 'Look into pg_stat_replication for who it is.',
      transient: true,
      cause: error,
    })
  }
  return classifyQueryError(error)
}

function gap(why: string): HoldfastError {
  return new HoldfastError('log-gap', `The log that comes next is gone: ${why}.`, {
    remedy: 'A new base backup starts by itself and begins a new window.',
  })
}

function foreign(resume: LogResume, found: string): HoldfastError {
  return new HoldfastError(
    'log-foreign',
    `The server at this address is the cluster ${found}; the stored log is that of the cluster ${resume.identity}.`,
    {
      remedy:
        'Check the address of the source. If the server was replaced on purpose, switch continuous protection off and on again.',
    },
  )
}
