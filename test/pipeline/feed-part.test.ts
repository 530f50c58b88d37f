import { readdirSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Compression } from '@/lib/contracts/engines/common'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { ciphers } from '@/lib/cipher/index'
import { openFeed } from '@/lib/pipeline/feed-part'
import { storePart } from '@/lib/pipeline/store-part'
import type { Storage } from '@/lib/ports/storage'
import { findTool } from '@/lib/process/find-tool'
import { isGroupAlive } from '@/lib/process/process-group'
import { runCommand } from '@/lib/process/run-command'
import { makeMemoryStorage } from '../helpers/memory-storage'
import { makeTestRun } from '../helpers/run-context'
import { inPieces, sampleBytes, sha256 } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

const plain = sampleBytes(9_000_001)
const programs = ['zstd', 'lz4', 'bzip2', 'xz'] as const
const store = makeMemoryStorage()
const parts = new Map<Compression, ManifestPart>()
const cipher = ciphers.age
let identity: string

beforeAll(async () => {
  const run = makeTestRun()
  const key = await cipher.makeKey()
  identity = key.identity
  const encrypt = () => cipher.encrypt([key.recipient])
  for (const compression of [...programs, 'gzip', 'none'] as const) {
    const sink = { id: 'a', consume: (body: Readable) => store.put(compression, body, {}, run) }
    const produce = () => ({ stream: inPieces(plain, [65_536]), finished: Promise.resolve() })
    const input = { produce, compression, compressionLevel: 1, encrypt, sinks: [sink] }
    const { sourceBytes, sourceSha256, storedBytes, storedSha256 } = await storePart(input, run)
    const facts = { sourceBytes, sourceSha256, storedBytes, storedSha256, compression }
    parts.set(compression, { role: 'archive', file: compression, encrypted: true, facts: {}, ...facts })
  }
})

const openPipes = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('holdfast-pipe-')
    } catch {
      return false
    }
  })

async function open(compression: Compression, storage: Storage = store, run = makeTestRun()) {
  const part = parts.get(compression)
  if (!part) throw new Error(`no part ${compression}`)
  return openFeed({ storage, key: compression, part, decrypt: () => cipher.decrypt(identity) }, run)
}

/** Feeds a tool; answers what it wrote, and its process. */
async function feed(file: string, args: string[], storage: Storage = store, run = makeTestRun()) {
  const opened = await open('zstd', storage, run)
  if (!opened) throw new Error('The part cannot be fed')
  const tool = runCommand({ file, args, stdin: opened.stdin }, run)
  const written = text(tool.stdout)
  written.catch(() => undefined)
  const fed = opened.into(tool).finally(() => opened.close())
  return { tool, fed, written }
}

const withBytes = (bytes: Buffer) => {
  const other = makeMemoryStorage()
  other.objects.set('zstd', bytes)
  return other
}

describe('a part that is fed to a tool past this process', () => {
  it.each(programs)('arrives whole, compressed by %s, and leaves no pipe behind', async (compression) => {
    const run = makeTestRun()
    const opened = await open(compression, store, run)
    if (!opened) throw new Error('The part cannot be fed')
    const tool = runCommand({ file: 'sha256sum', args: [], stdin: opened.stdin }, run)
    const written = text(tool.stdout)
    await opened.into(tool)
    await opened.close()
    expect((await written).split(' ')[0]).toBe(sha256(plain))
    expect(opened.bytes()).toBe(parts.get(compression)?.storedBytes)
    expect(openPipes()).toEqual([])
  })

  it.each(['gzip', 'none'] as const)('is left to this process when it is %s', async (compression) => {
    expect(await open(compression)).toBeNull()
    expect(openPipes()).toEqual([])
  })

  it('fails as damaged when a bit of it changed, and the tool is ended (fault 38)', async () => {
    const bytes = Buffer.from(store.objects.get('zstd') ?? '')
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1)
    const { tool, fed } = await feed('sh', ['-c', 'cat > /dev/null; sleep 600'], withBytes(bytes))
    await expect(fed).rejects.toMatchObject({ code: 'object-damaged', facts: { key: 'zstd' } })
    expect(isGroupAlive(tool.pid)).toBe(false)
    expect(openPipes()).toEqual([])
  })

  it('is damaged also for a tool that fails of the early end, and ends sooner than the decompressor (fault 38)', async () => {
    await using folder = await tempDir('lingering')
    // Its output ends a second before itself.
    const lingering = `#!/bin/sh\ntrap : TERM\n${findTool('zstd')} "$@"\nexec >&-\nsleep 1\n`
    await writeFile(path.join(folder.path, 'zstd'), lingering, { mode: 0o755 })
    vi.stubEnv('PATH', `${folder.path}:${process.env['PATH']}`)
    const bytes = Buffer.from(store.objects.get('zstd') ?? '')
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1)
    for (const changed of [bytes, bytes.subarray(0, bytes.length >> 1)]) {
      const { fed } = await feed('sh', ['-c', 'cat > /dev/null; echo it ended early >&2; exit 3'], withBytes(changed))
      await expect(fed).rejects.toMatchObject({ code: 'object-damaged', facts: { key: 'zstd' } })
    }
    vi.unstubAllEnvs()
  })

  it("fails with the tool's own words when that gives up early, and the decompressor is ended (fault 1)", async () => {
    const { fed } = await feed('sh', ['-c', 'head -c 100000 > /dev/null; echo the disk is full >&2; exit 3'])
    await expect(fed).rejects.toMatchObject({
      code: 'command-failed',
      facts: { exitCode: 3, stderr: 'the disk is full' },
    })
    expect(openPipes()).toEqual([])
  })

  it('fails when the tool was content with a part of it', async () => {
    const { fed } = await feed('head', ['-c', '100000'])
    await expect(fed).rejects.toMatchObject({ code: 'command-closed-input' })
  })

  it('fails when the store stops in the middle, with its error', async () => {
    const broken = {
      ...makeMemoryStorage(),
      get: () => {
        const bytes = store.objects.get('zstd') ?? Buffer.alloc(0)
        const pieces = async function* () {
          yield bytes.subarray(0, bytes.length >> 1)
          await Promise.resolve()
          throw new Error('the connection was cut')
        }
        return Promise.resolve(Readable.from(pieces()))
      },
    }
    const { tool, fed } = await feed('sha256sum', [], broken)
    await expect(fed).rejects.toThrow('the connection was cut')
    expect(isGroupAlive(tool.pid)).toBe(false)
  })

  it('ends with the reason of an abort, and nothing is left running (fault 11)', async () => {
    const controller = new AbortController()
    const run = { ...makeTestRun(), signal: controller.signal }
    const { tool, fed } = await feed('sleep', ['600'], store, run)
    controller.abort(new Error('cancelled by a person'))
    await expect(fed).rejects.toThrow('cancelled by a person')
    expect(isGroupAlive(tool.pid)).toBe(false)
    expect(openPipes()).toEqual([])
  })
})
