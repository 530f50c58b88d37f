import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { fanOut, type Sink } from '@/lib/pipeline/fan-out'
import { Pace } from '@/lib/pipeline/pace'
import { makeTestRun } from '../helpers/run-context'
import { waitFor } from '../helpers/wait-for'

const chunk = Buffer.alloc(256 * 1024, 7)
/** What a sink may lag behind, and one chunk that it was given before that was noticed. */
const mostBehindBytes = 2 * 1024 * 1024 + chunk.length

/** A clock that stands still until it is told to go on. */
function makeClock() {
  let ms = 1_000_000
  return { now: () => new Date(ms), pass: (by: number) => void (ms += by) }
}

/** A source of so many chunks that counts what was taken of it. */
function makeSource(chunks: number) {
  const source = { given: 0, stream: Readable.from([]) as Readable }
  source.stream = Readable.from(
    (function* () {
      for (let number = 0; number < chunks; number += 1) {
        source.given += chunk.length
        yield chunk
      }
    })(),
    { objectMode: false, highWaterMark: 1 },
  )
  return source
}

/** A sink that reads only as many bytes as it is let. */
function makeSink(id: string, leave?: AbortSignal) {
  const gate = { letBytes: 0, read: 0, open: new AbortController() }
  let wake = () => undefined as void
  const consume = async (body: Readable) => {
    for await (const bytes of body as AsyncIterable<Buffer>) {
      gate.read += bytes.length
      while (gate.read > gate.letBytes) await new Promise<void>((resolve) => (wake = resolve))
    }
    return gate.read
  }
  const sink: Sink<number> = { id, consume, ...(leave ? { leave } : {}) }
  return { sink, gate, let: (bytes: number) => ((gate.letBytes += bytes), wake()) }
}

/** Until nothing moves any more. */
async function standstill(source: { given: number }): Promise<void> {
  for (let given = -1; given !== source.given;) {
    given = source.given
    for (let turns = 0; turns < 50; turns += 1) await turn()
  }
}

describe('a stream to several sinks', () => {
  it('notes whom it waits for, and not what it waits for of its source', async () => {
    const clock = makeClock()
    const pace = new Pace(clock)
    const [fast, slow] = [makeSink('fast'), makeSink('slow')]
    fast.let(Infinity)
    slow.let(4 * chunk.length)
    const source = makeSource(40)
    const done = fanOut(source.stream, [fast.sink, slow.sink], makeTestRun(), pace.open())
    await standstill(source)
    expect(source.given).toBeLessThan(40 * chunk.length)
    clock.pass(5_000)
    expect(pace.facts()).toMatchObject({ elapsedMs: 5_000, waits: [{ destinationIds: ['slow'], ms: 5_000 }] })
    slow.let(Infinity)
    expect((await done).get('slow')).toEqual({ ok: true, value: 40 * chunk.length })
    clock.pass(5_000)
    expect(pace.facts()).toMatchObject({
      elapsedMs: 5_000,
      bytes: 40 * chunk.length,
      waits: [{ destinationIds: ['slow'], ms: 5_000 }],
    })
  })

  it('waits for none in particular when all are as slow', async () => {
    const clock = makeClock()
    const pace = new Pace(clock)
    const sinks = [makeSink('a'), makeSink('b')]
    const source = makeSource(40)
    const done = fanOut(
      source.stream,
      sinks.map(({ sink }) => sink),
      makeTestRun(),
      pace.open(),
    )
    await standstill(source)
    clock.pass(9_000)
    expect(pace.facts()).toMatchObject({ elapsedMs: 9_000, waits: [] })
    for (const sink of sinks) sink.let(Infinity)
    await done
  })

  it('counts what it waits at its end for the last bytes of one while another has all', async () => {
    const clock = makeClock()
    const pace = new Pace(clock)
    const [fast, slow] = [makeSink('fast'), makeSink('slow')]
    fast.let(Infinity)
    const source = makeSource(4)
    const done = fanOut(source.stream, [fast.sink, slow.sink], makeTestRun(), pace.open())
    await waitFor('the fast one to have all', () => fast.gate.read === 4 * chunk.length)
    await standstill(source)
    clock.pass(8_000)
    expect(pace.facts().waits).toEqual([{ destinationIds: ['slow'], ms: 8_000 }])
    slow.let(Infinity)
    await done
  })

  it('goes on at once without one that is left, which need not have ended', async () => {
    const leave = new AbortController()
    const [fast, slow] = [makeSink('fast'), makeSink('slow', leave.signal)]
    fast.let(Infinity)
    const source = makeSource(400)
    const done = fanOut(source.stream, [fast.sink, slow.sink], makeTestRun())
    await standstill(source)
    // What the slow one has read at once, which may be a whole buffer, and its buffer again.
    expect(source.given).toBeLessThanOrEqual(2 * mostBehindBytes)
    const reason = new Error('too slow')
    leave.abort(reason)
    const outcomes = await done
    expect(outcomes.get('fast')).toEqual({ ok: true, value: 400 * chunk.length })
    expect(outcomes.get('slow')).toEqual({ ok: false, error: reason })
    expect(slow.gate.read).toBeLessThanOrEqual(mostBehindBytes)
  })

  it('gives nothing to one that was left before it began', async () => {
    const fast = makeSink('fast')
    fast.let(Infinity)
    const slow = makeSink('slow', AbortSignal.abort(new Error('left')))
    slow.let(Infinity)
    const outcomes = await fanOut(makeSource(20).stream, [fast.sink, slow.sink], makeTestRun())
    expect(outcomes.get('fast')).toMatchObject({ ok: true })
    expect(outcomes.get('slow')).toMatchObject({ ok: false, error: { message: 'left' } })
    expect(slow.gate.read).toBe(0)
  })

  it('holds no more for a slow one than its buffer', async () => {
    const [fast, slow] = [makeSink('fast'), makeSink('slow')]
    fast.let(Infinity)
    const source = makeSource(200)
    const done = fanOut(source.stream, [fast.sink, slow.sink], makeTestRun())
    for (let step = 1; step <= 20; step += 1) {
      await standstill(source)
      expect(fast.gate.read - slow.gate.read).toBeLessThanOrEqual(mostBehindBytes)
      slow.let(5 * chunk.length)
    }
    slow.let(Infinity)
    await done
  })
})

describe('the pace of streams side by side', () => {
  it('counts each for its share, and none that is over', () => {
    const clock = makeClock()
    const pace = new Pace(clock)
    clock.pass(7_000)
    const [one, two] = [pace.open(), pace.open()]
    one.waitsFor(['slow'])
    clock.pass(4_000)
    expect(pace.facts()).toEqual({ elapsedMs: 4_000, bytes: 0, waits: [{ destinationIds: ['slow'], ms: 2_000 }] })
    two.waitsFor(['slow', 'other'])
    clock.pass(2_000)
    one.end()
    clock.pass(3_000)
    expect(pace.facts().elapsedMs).toBe(9_000)
    expect(Object.fromEntries(pace.facts().waits.map(({ destinationIds, ms }) => [destinationIds.join(), ms]))).toEqual(
      {
        slow: 3_000,
        'other,slow': 4_000,
      },
    )
    two.end()
    clock.pass(5_000)
    expect(pace.facts().elapsedMs).toBe(9_000)
    pace.restart()
    expect(pace.facts()).toEqual({ elapsedMs: 0, bytes: 0, waits: [] })
  })

  it('takes a clock that was set, or a process that stood still, for no slow destination (fault 20)', () => {
    const clock = makeClock()
    const pace = new Pace(clock)
    pace.open().waitsFor(['slow'])
    clock.pass(3_600_000)
    expect(pace.facts().elapsedMs).toBe(10_000)
    clock.pass(-3_600_000)
    expect(pace.facts().elapsedMs).toBe(10_000)
    clock.pass(1_000)
    expect(pace.facts().elapsedMs).toBe(11_000)
  })
})

it('a stream that fails ends every sink with its error and waits for none of them', async () => {
  const clock = makeClock()
  const pace = new Pace(clock)
  const body = new Readable({ read() {} })
  const failed = fanOut(
    body,
    [{ id: 'a', consume: async (sink) => void (await once(sink, 'close')) }],
    makeTestRun(),
    pace.open(),
  )
  body.push(chunk)
  await turn()
  body.destroy(new Error('broken'))
  await expect(failed).rejects.toThrow('broken')
  clock.pass(1_000)
  expect(pace.facts().elapsedMs).toBe(0)
})
