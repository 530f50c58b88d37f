import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { recycle } from '@/lib/process/buffer-pool'
import { feedCommand } from '@/lib/process/feed-command'
import { runCommand } from '@/lib/process/run-command'
import { makeTestRun } from '../helpers/run-context'
import { tempDir } from '../helpers/temp'

async function sha256(stream: Readable, after?: (chunk: Buffer) => Promise<void>): Promise<string> {
  const hash = createHash('sha256')
  stream.on('error', () => undefined)
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk)
    await after?.(chunk)
  }
  return hash.digest('hex')
}

/** Bytes that differ at every place, so that a buffer used too early shows. */
function sample(bytes: number): Buffer {
  const data = Buffer.alloc(bytes)
  for (let at = 0; at + 4 <= bytes; at += 4) data.writeUInt32LE((at * 2654435761) >>> 0, at)
  return data
}

function cat(file: string, run = makeTestRun()) {
  return runCommand({ file: 'cat', args: [file], bulkOutput: true }, run)
}

describe('a tool that writes much', () => {
  it.each([0, 1, 262_143, 262_144, 262_145, 9_000_001])('gives all of %d bytes unchanged', async (bytes) => {
    await using dir = await tempDir()
    const file = path.join(dir.path, 'data')
    const data = sample(bytes)
    writeFileSync(file, data)
    const command = cat(file)
    expect(await sha256(command.stdout)).toBe(createHash('sha256').update(data).digest('hex'))
    await command.exited
  })

  it('gives all bytes unchanged while their memory is used again, also to a slow reader', async () => {
    await using dir = await tempDir()
    const file = path.join(dir.path, 'data')
    const data = sample(40 * 1024 * 1024)
    writeFileSync(file, data)
    const command = cat(file)
    const memory = new Set<ArrayBufferLike>()
    const consume = async (chunk: Buffer) => {
      memory.add(chunk.buffer)
      for (let turns = 0; turns < 3; turns += 1) await turn()
      recycle(chunk)
    }
    // Not by the iterator: it may join chunks, and what it joined is not lent.
    const hash = createHash('sha256')
    await new Promise<void>((resolve, reject) => {
      command.stdout.on('data', (chunk: Buffer) => {
        hash.update(chunk)
        command.stdout.pause()
        consume(chunk).then(() => command.stdout.resume(), reject)
      })
      command.stdout.once('end', resolve).once('error', reject)
    })
    expect(hash.digest('hex')).toBe(createHash('sha256').update(data).digest('hex'))
    expect(memory.size).toBeLessThan(20)
  })

  it('can be fed into another tool, which reads the same bytes', async () => {
    await using dir = await tempDir()
    const file = path.join(dir.path, 'data')
    const data = sample(40 * 1024 * 1024)
    writeFileSync(file, data)
    const run = makeTestRun()
    const first = cat(file, run)
    const second = runCommand({ file: 'cat', args: [], stdin: 'pipe', bulkOutput: true }, run)
    const [digest] = await Promise.all([sha256(second.stdout), feedCommand(first.stdout, second), first.exited])
    expect(digest).toBe(createHash('sha256').update(data).digest('hex'))
  })

  it('works through an ordinary pipe where no named one can be made', async () => {
    await using dir = await tempDir()
    const file = path.join(dir.path, 'data')
    writeFileSync(file, sample(700_000))
    vi.stubEnv('PATH', dir.path)
    const command = runCommand({ file: '/bin/cat', args: [file], bulkOutput: true }, makeTestRun())
    vi.unstubAllEnvs()
    expect(await sha256(command.stdout)).toBe(createHash('sha256').update(sample(700_000)).digest('hex'))
    await command.exited
  })

  it('is ended by an abort, and its output fails with the reason', async () => {
    const run = makeTestRun()
    const command = runCommand({ file: 'cat', args: ['/dev/zero'], bulkOutput: true }, run)
    const reading = sha256(command.stdout, async () => run.abort(new Error('cancelled')))
    await expect(reading).rejects.toThrow('cancelled')
    await expect(command.exited).rejects.toThrow('cancelled')
  })

  it('leaves nothing in the folder for temporary files', async () => {
    await using dir = await tempDir()
    vi.stubEnv('TMPDIR', dir.path)
    expect(tmpdir()).toBe(dir.path)
    const command = runCommand({ file: 'printf', args: ['x'], bulkOutput: true }, makeTestRun())
    vi.unstubAllEnvs()
    expect(readdirSync(dir.path)).toEqual([])
    await sha256(command.stdout)
    await command.exited
  })
})
