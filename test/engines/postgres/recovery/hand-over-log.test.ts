import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { timelineText, walSegmentName } from '@/lib/core/log/wal-name'
import { handOverLog, type LogHandOver } from '@/lib/engines/postgres/recovery/hand-over-log'
import { neededSegments } from '@/lib/engines/postgres/recovery/needed-segments'
import { restoreScript } from '@/lib/engines/postgres/recovery/restore-script'
import type { LogReader } from '@/lib/ports/log-reader'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'
import { waitFor } from '@/test/helpers/wait-for'

const segmentBytes = 2 ** 20
const identity = '7341234567890123456'
const noSuchFile = 10

/** Forty and a half segments; the tenth timeline goes on from the first in the middle of one. */
const plan = {
  path: [
    { timeline: timelineText(1), from: 3n * 2n ** 20n + 40n, to: 20n * 2n ** 20n + 700n },
    { timeline: timelineText(10), from: 20n * 2n ** 20n + 700n, to: 43n * 2n ** 20n + 524_288n },
  ] as const,
  history: { timeline: timelineText(10), ancestors: [{ timeline: timelineText(1), fork: 20n * 2n ** 20n + 700n }] },
}

function segment(name: string): Buffer {
  const number = Number.parseInt(name.slice(16), 16)
  const bytes = Buffer.alloc(segmentBytes, number + 1)
  bytes.writeUInt16LE(0xd110, 0)
  bytes.writeUInt16LE(2, 2)
  bytes.writeUInt32LE(1, 4)
  bytes.writeBigUInt64LE(BigInt(number * segmentBytes), 8)
  bytes.writeBigUInt64LE(BigInt(identity), 24)
  bytes.writeUInt32LE(segmentBytes, 32)
  return bytes
}

describe('the log on its way to a server', () => {
  const run = makeTestRun()
  let dir: Awaited<ReturnType<typeof tempDir>>
  let folder = ''
  let handOver: LogHandOver
  let fetched: string[] = []
  let [running, mostRunning] = [0, 0]

  const log: LogReader = {
    fetch: async (name) => {
      fetched.push(name)
      running += 1
      mostRunning = Math.max(mostRunning, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return name.endsWith('.history') ? null : Readable.from([segment(name)])
    },
  }
  const ready = () => readdirSync(folder).filter((name) => /^[0-9A-F]{24}$/.test(name))
  /** As the server takes a file; its bytes, or the exit code of the script. */
  const take = (name: string) =>
    new Promise<Buffer | number | null>((resolve) => {
      const to = join(dir.path, 'taken')
      const shell = spawn('/bin/sh', [join(dir.path, 'restore.sh'), name, to], { stdio: 'ignore' })
      shell.once('exit', (code) => resolve(code === 0 ? readFileSync(to) : code))
    })

  const isSegment = (taken: Buffer | number | null, name: string) =>
    Buffer.isBuffer(taken) && taken.equals(segment(name))

  beforeEach(async () => {
    dir = await tempDir('hand-over')
    folder = join(dir.path, 'log')
    writeFileSync(join(dir.path, 'restore.sh'), restoreScript(folder))
    ;[fetched, running, mostRunning] = [[], 0, 0]
    const confinement = { give: () => Promise.resolve(), user: { kind: 'shared' as const } }
    handOver = await handOverLog(
      { folder, log, plan: { ...whole, ...plan, path: [...plan.path] }, facts, confinement },
      run,
    )
  })
  afterEach(async () => {
    await handOver.close()
    await dir.remove()
  })
  const facts = { identity, segmentBytes }
  const whole = {
    base: {
      backupId: 'a',
      timeline: timelineText(1),
      start: plan.path[0].from,
      end: plan.path[0].from,
      endedAt: new Date(),
    },
    timeline: timelineText(10),
    reaches: { as: 'latest' as const, position: null, time: null },
    endIsTarget: true,
    settings: {},
  }
  const needed = neededSegments({ path: [...plan.path] }, segmentBytes)
  const nameAt = (number: number) => needed.at(number)?.name ?? ''

  it('is fetched ahead, several at once and no more than eight', async () => {
    await waitFor('eight segments', () => ready().length === 8)
    expect(ready().sort()).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map(nameAt))
    expect(mostRunning).toBeGreaterThan(1)
    expect(mostRunning).toBeLessThanOrEqual(4)
    expect(await take(nameAt(3))).toEqual(segment(nameAt(3)))
    await waitFor('the ninth', () => ready().includes(nameAt(11)))
    expect(ready()).toHaveLength(8)
  })

  it('comes once each, in order, to its end and over the fork', async () => {
    for (let number = needed.first; number < needed.last; number += 1) {
      expect(isSegment(await take(nameAt(number)), nameAt(number))).toBe(true)
      expect(ready().length).toBeLessThanOrEqual(8)
    }
    expect(nameAt(19).slice(0, 8)).toBe('00000001')
    expect(nameAt(20).slice(0, 8)).toBe('0000000A')
    expect(fetched.toSorted()).toEqual(Array.from({ length: 41 }, (_, index) => nameAt(index + 3)).sort())
    await waitFor('what was taken last', () => handOver.newestTaken() === needed.last - 1)
  })

  it('has zeros behind the end of the plan, and no segment after that', async () => {
    const last = await take(nameAt(43))
    const expected = segment(nameAt(43)).fill(0, 524_288)
    expect(last).toEqual(expected)
    expect(await take(walSegmentName(10, 44, segmentBytes))).toBe(noSuchFile)
    expect(fetched).not.toContain(walSegmentName(10, 44, segmentBytes))
  })

  it('is given again to a server that asks again, at once and out of order', async () => {
    for (const number of [9, 9, 3, 30, 4, 30]) expect(isSegment(await take(nameAt(number)), nameAt(number))).toBe(true)
  })

  it('has the history of the plan where none is stored, and no other', async () => {
    expect(String(await take('0000000A.history'))).toBe('1\t0/14002BC\tas planned\n')
    expect(await take('0000000B.history')).toBe(noSuchFile)
  })

  it('cannot be asked for any more once it is closed', async () => {
    await handOver.close()
    expect(existsSync(folder)).toBe(false)
    expect(await take(nameAt(3))).toBeGreaterThan(125)
  })
})
