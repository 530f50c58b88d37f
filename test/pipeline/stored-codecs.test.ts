import { randomInt, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Compression } from '@/lib/contracts/engines/common'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { partFile } from '@/lib/core/repository/paths'
import { openPart } from '@/lib/pipeline/open-part'
import { storePart } from '@/lib/pipeline/store-part'
import { verifyPart } from '@/lib/pipeline/verify-part'
import type { Storage } from '@/lib/ports/storage'
import { openStorage } from '@/lib/storage'
import { makeMemoryStorage } from '../helpers/memory-storage'
import { makeTestRun } from '../helpers/run-context'
import { inPieces, sampleBytes, sha256 } from '../helpers/databases/sample-bytes'
import { tempDir } from '../helpers/temp'

const codecs = ['zstd', 'gzip', 'lz4', 'bzip2', 'xz', 'none'] as const
const trials = 24
const plain = sampleBytes(400_003)
const run = makeTestRun()
const good = makeMemoryStorage()
const parts = new Map<Compression, ManifestPart>()

beforeAll(async () => {
  for (const compression of codecs) {
    const key = partFile('archive.dump', compression, 'none')
    const stored = await storePart(
      {
        produce: () => ({ stream: inPieces(plain, [65_536]), finished: Promise.resolve() }),
        compression,
        compressionLevel: 2,
        encrypt: null,
        sinks: [{ id: 'a', consume: (body: Readable) => good.put(key, body, {}, run) }],
      },
      run,
    )
    const { sourceBytes, sourceSha256, storedBytes, storedSha256 } = stored
    const sums = { sourceBytes, sourceSha256, storedBytes, storedSha256 }
    parts.set(compression, { role: 'archive', file: key, ...sums, compression, encrypted: false, facts: {} })
  }
})

function partOf(compression: Compression): { part: ManifestPart; bytes: Buffer } {
  const part = parts.get(compression)
  const bytes = part && good.objects.get(part.file)
  if (!part || !bytes) throw new Error(`no part of ${compression}`)
  return { part, bytes }
}

/** Verifies changed bytes against the part. With sums of their own, only the format and the source's sums can tell. */
async function verifying(compression: Compression, changed: Buffer, sums: 'kept' | 'made anew'): Promise<unknown> {
  const { part } = partOf(compression)
  const storage = makeMemoryStorage()
  storage.objects.set('part', changed)
  const fitting = { ...part, storedBytes: changed.length, storedSha256: sha256(changed) }
  return verifyPart({ storage, key: 'part', part: sums === 'kept' ? part : fitting, decrypt: null }, makeTestRun())
}

const damaged = expect.objectContaining({ code: 'object-damaged', facts: expect.objectContaining({ key: 'part' }) })

describe.each(codecs)('an object stored with %s', (compression) => {
  it('comes back equal', async () => {
    const { part } = partOf(compression)
    const opened = await openPart({ storage: good, key: part.file, part, decrypt: null }, run)
    expect(sha256(await buffer(opened))).toBe(part.sourceSha256)
  })

  it('is noticed when any bit of it was flipped (fault 38)', async () => {
    const { bytes } = partOf(compression)
    for (let trial = 0; trial < trials; trial++) {
      const at = trial < 8 ? trial : trial < 12 ? bytes.length - 1 - (trial - 8) : randomInt(bytes.length)
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << randomInt(8)), at)
      await expect(verifying(compression, flipped, 'kept'), `byte ${at}`).rejects.toEqual(damaged)
    }
  })

  it('is noticed when it was cut anywhere or goes on (fault 39)', async () => {
    const { bytes } = partOf(compression)
    const lengths = [0, 1, 4, bytes.length - 1, ...Array.from({ length: trials - 4 }, () => randomInt(bytes.length))]
    for (const length of lengths) {
      await expect(verifying(compression, bytes.subarray(0, length), 'kept'), `to ${length}`).rejects.toEqual(damaged)
      const anew = verifying(compression, bytes.subarray(0, length), 'made anew')
      await expect(anew, `to ${length}, unnoticed by its own sum`).rejects.toEqual(damaged)
    }
    for (const rest of [Buffer.alloc(4), Buffer.from('x'), bytes]) {
      const longer = Buffer.concat([bytes, rest])
      await expect(verifying(compression, longer, 'kept')).rejects.toEqual(damaged)
      await expect(verifying(compression, longer, 'made anew')).rejects.toEqual(damaged)
    }
  })
})

describe('before any byte is moved', () => {
  it('an abort just after the object was opened fails the run alone, and not the process', async () => {
    const { part, bytes } = partOf('zstd')
    await using folder = await tempDir('abort')
    await writeFile(path.join(folder.path, 'part'), bytes)
    const local = openStorage({
      id: randomUUID(),
      name: 'folder',
      kind: 'local',
      config: { path: folder.path },
      secrets: {},
    })
    const aborted = makeTestRun()
    const opened: Readable[] = []
    const storage: Pick<Storage, 'get'> = {
      get: async (...given) => {
        const stream = await local.get(...given)
        opened.push(stream)
        aborted.abort(new Error('another part is missing'))
        return stream
      },
    }
    const opening = openPart({ storage, key: 'part', part, decrypt: null }, aborted)
    await expect(opening).rejects.toThrow('another part is missing')
    // An error that nobody hears is thrown where it is emitted: the test run would fail of it.
    await vi.waitUntil(() => opened[0]?.closed)
    expect(opened[0]?.errored).toMatchObject({ message: 'another part is missing' })
    await local.close()
  })

  it('a program that is missing is named with its package, when storing and when reading', async () => {
    vi.stubEnv('PATH', '/nonexistent')
    const missing = { code: 'command-missing', facts: { package: 'xz-utils' } }
    let produced = false
    const produce = () => {
      produced = true
      return { stream: inPieces(plain, [65_536]), finished: Promise.resolve() }
    }
    const storing = storePart(
      { produce, compression: 'xz', compressionLevel: 1, encrypt: null, sinks: [] },
      makeTestRun(),
    )
    await expect(storing).rejects.toMatchObject(missing)
    expect(produced).toBe(false)
    const { part } = partOf('xz')
    const storage = { ...good, get: vi.fn(good.get) }
    await expect(openPart({ storage, key: part.file, part, decrypt: null }, run)).rejects.toMatchObject(missing)
    expect(storage.get).not.toHaveBeenCalled()
    vi.unstubAllEnvs()
  })
})
