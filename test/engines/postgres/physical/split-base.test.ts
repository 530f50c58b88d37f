import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { planBaseParts } from '@/lib/engines/postgres/physical/begin/plan-base-parts'
import { BaseSplitter } from '@/lib/engines/postgres/physical/begin/split-base'
import { tempDir } from '../../../helpers/temp'

const sizes = { 'base/1/10': 9000, 'base/1/11': 512, 'base/1/12': 0, 'base/1/13': 8192, 'global/pg_control': 8192 }
const contentOf = (name: string, size: number) => Buffer.alloc(size, name)

/** What a server would send of these files: an archive as GNU tar makes it, and the list. */
async function sent(files: Record<string, number> = sizes) {
  await using dir = await tempDir('split')
  for (const [name, size] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir.path, name)), { recursive: true })
    writeFileSync(path.join(dir.path, name), contentOf(name, size))
  }
  const args = ['--format=ustar', '--sort=name', '-C', dir.path, '-c', ...readdirSync(dir.path).sort()]
  const archive = execFileSync('tar', args, { maxBuffer: 1e8 })
  return {
    archive,
    manifest: manifestOf(Object.entries(files).map(([name, size]) => lineOf(name, contentOf(name, size)))),
  }
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const checksum = (bytes: Buffer) => {
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32c(bytes))
  return sum.toString('hex')
}
const lineOf = (name: string, content: Buffer) =>
  `{ "Path": "${name}", "Size": ${content.length}, "Last-Modified": "2026-11-30 15:38:09 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "${checksum(content)}" }`
function manifestOf(lines: string[]): Buffer {
  const ranges = '{ "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }'
  const before = `{ "PostgreSQL-Backup-Manifest-Version": 2,\n"System-Identifier": 7713989283664139994,\n"Files": [\n${lines.join(',\n')}\n],\n"WAL-Ranges": [\n${ranges}\n],\n`
  return Buffer.from(`${before}"Manifest-Checksum": "${sha256(before)}"}\n`)
}

/** Feeds a splitter in pieces of so many bytes. Answers the parts and how they were ended. */
function split(
  { archive, manifest }: { archive: Buffer; manifest: Buffer },
  { piece = 4096, fullAt = [null] as (number | null)[], oid = null as string | null } = {},
) {
  const outputs = [...fullAt, null].map(() => ({ bytes: [] as Buffer[], finished: 0 }))
  const sinkOf = (output: (typeof outputs)[number] | undefined) => ({
    give: (bytes: Buffer) => void output?.bytes.push(Buffer.from(bytes)),
    finish: () => {
      if (output) output.finished += 1
    },
  })
  const parts = fullAt.map((fullAtBytes, index) => ({ oid, fullAtBytes, sink: sinkOf(outputs[index]) }))
  const splitter = new BaseSplitter(parts, sinkOf(outputs.at(-1)))
  const feed = (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += piece) splitter.give(bytes.subarray(at, at + piece))
  }
  splitter.beginArchive(oid)
  feed(archive)
  splitter.beginManifest()
  feed(manifest)
  const { systemIdentifier } = splitter.finish()
  expect(outputs.map(({ finished }) => finished)).toEqual(outputs.map(() => 1))
  return { splitter, systemIdentifier, parts: outputs.map(({ bytes }) => Buffer.concat(bytes)) }
}

const differencesOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'base-mismatch') return error.facts['differences']
    throw error
  }
  return null
}
const listed = (archive: Buffer) =>
  execFileSync('tar', ['-t'], { input: archive, encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '' && !name.endsWith('/'))

describe('the archives of a base backup', () => {
  it.each([1, 511, 512, 513, 4096, 1_000_000])(
    'come in pieces of %i bytes and are the same for plain tar',
    async (piece) => {
      const { parts, systemIdentifier } = split(await sent(), { piece })
      expect(listed(parts[0] ?? Buffer.alloc(0))).toEqual(Object.keys(sizes))
      for (const [name, size] of Object.entries(sizes))
        expect(execFileSync('tar', ['-xO', name], { input: parts[0], maxBuffer: 1e8 })).toEqual(contentOf(name, size))
      expect(systemIdentifier).toBe('7713989283664139994')
    },
  )

  it.each([{ fullAt: [10_000, null] }, { fullAt: [1, 1, null] }, { fullAt: [1_000_000, 1, null] }])(
    'are divided at the boundaries of files into archives: %o',
    async ({ fullAt }) => {
      const { parts } = split(await sent(), { fullAt })
      const archives = parts.slice(0, -1)
      expect(archives.flatMap(listed)).toEqual(Object.keys(sizes))
      for (const archive of archives) expect(archive.length % 512).toBe(0)
    },
  )

  it('are counted by database', async () => {
    const { splitter } = split(
      await sent({ 'PG_17_202406281/5/1': 700, 'PG_17_202406281/6/1': 30 }).then(({ archive }) => ({
        archive,
        manifest: manifestOf(
          [['PG_17_202406281/5/1', 700] as const, ['PG_17_202406281/6/1', 30] as const].map(([name, size]) =>
            lineOf(`pg_tblspc/16384/${name}`, contentOf(name, size)),
          ),
        ),
      })),
      { oid: '16384' },
    )
    expect([...splitter.databaseBytes]).toEqual([
      ['5', 700],
      ['6', 30],
    ])
    expect([...splitter.archiveBytes]).toEqual([['16384', 730]])
  })

  it('that differ from the list of the server in one byte are refused, wherever it is', async () => {
    const { archive, manifest } = await sent()
    // A byte of a header that names, counts or checks something; of contents; and none of what fills up.
    for (let at = 0; at < archive.length; at += 97) {
      const changed = Buffer.from(archive)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      const isPadding = !holdsContentOrHeader(archive, at)
      const found = differencesOf(() => split({ archive: changed, manifest }))
      if (!isPadding) expect({ at, found }).toEqual({ at, found: [expect.any(String)] })
    }
  })

  it.each([
    [
      'lists one that did not come',
      (lines: string[]) => [...lines, lineOf('base/1/14', Buffer.from('x'))],
      'base/1/14 is on one side only',
    ],
    ['does not list one that came', (lines: string[]) => lines.slice(1), 'base/1/10 is on one side only'],
    [
      'lists other content',
      (lines: string[]) => [lineOf('base/1/10', Buffer.alloc(9000)), ...lines.slice(1)],
      'base/1/10 has other content',
    ],
    [
      'lists another size',
      (lines: string[]) => [lineOf('base/1/10', Buffer.alloc(1)), ...lines.slice(1)],
      'base/1/10 has 1 bytes on one side and 9000 on the other',
    ],
    ['lists one twice', (lines: string[]) => [...lines, lines[0] ?? ''], 'base/1/10 is on one side only'],
  ])('are refused when the list %s', async (_name, change, difference) => {
    const { archive } = await sent()
    const lines = Object.entries(sizes).map(([name, size]) => lineOf(name, contentOf(name, size)))
    expect(differencesOf(() => split({ archive, manifest: manifestOf(change(lines)) }))).toEqual([difference])
  })

  it('are refused with a list that breaks off, or does not match its own checksum', async () => {
    const { archive, manifest } = await sent()
    for (let length = 0; length < manifest.length; length += 61)
      expect(differencesOf(() => split({ archive, manifest: manifest.subarray(0, length) }))).not.toBeNull()
    const changed = Buffer.from(manifest.toString().replace('2026', '2025'))
    expect(differencesOf(() => split({ archive, manifest: changed }))).toEqual([
      'the backup manifest does not match its own checksum',
    ])
  })

  it('are refused when they break off, hold a link, or are no archives', async () => {
    const { archive, manifest } = await sent()
    expect(differencesOf(() => split({ archive: archive.subarray(0, 5_000), manifest }))).not.toBeNull()
    await using dir = await tempDir('split')
    execFileSync('ln', ['-s', '/etc/passwd', path.join(dir.path, 'link')])
    const withLink = execFileSync('tar', ['--format=ustar', '-C', dir.path, '-c', 'link'])
    expect(differencesOf(() => split({ archive: withLink, manifest }))).toEqual([
      '"link" is neither a file nor a folder',
    ])
    const pax = execFileSync('tar', ['--format=pax', '-C', dir.path, '-c', 'link'])
    expect(differencesOf(() => split({ archive: pax, manifest }))).not.toBeNull()
    expect(differencesOf(() => split({ archive: Buffer.alloc(2048, 'x'), manifest }))).not.toBeNull()
  })
})

/** Plain tar's view: byte offsets of headers and contents. What fills the last block, and unused fields of headers, may be anything. */
function holdsContentOrHeader(archive: Buffer, at: number): boolean {
  for (let start = 0; start < archive.length;) {
    const header = archive.subarray(start, start + 512)
    if (header.every((byte) => byte === 0)) return false
    const size = parseInt(header.toString('latin1', 124, 135), 8) || 0
    if (at < start + 512) return true
    if (at < start + 512 + size) return true
    start += 512 + Math.ceil(size / 512) * 512
    if (at < start) return false
  }
  return false
}

describe('how a base backup is divided', () => {
  const mib = 1024 * 1024
  const archive = (oid: string | null, bytes: number) => ({ oid, location: oid && `/spaces/${oid}`, bytes })

  it.each([
    [[archive(null, 0)], { base: 1 }],
    [[archive(null, 63 * mib)], { base: 1 }],
    [[archive(null, 64 * mib)], { base: 2 }],
    [[archive(null, 1e13)], { base: 8 }],
    [[archive('16384', 1e9), archive(null, 1e9)], { 'tablespace-16384': 4, base: 4 }],
    [[archive('1', 10), archive('2', 10), archive(null, 1e12)], { 'tablespace-1': 1, 'tablespace-2': 1, base: 8 }],
  ])('%o', (archives, expected) => {
    const shares = planBaseParts(archives)
    const counted = Map.groupBy(shares, ({ base }) => base.replace(/-\d+\.tar$/, ''))
    expect(Object.fromEntries([...counted].map(([name, all]) => [name, all.length]))).toEqual(expected)
    // The last of each takes what is left, whatever was estimated.
    for (const all of counted.values())
      expect(all.map(({ fullAtBytes }) => fullAtBytes === null)).toEqual(
        all.map((_, index) => index === all.length - 1),
      )
    expect(new Set(shares.map(({ base }) => base)).size).toBe(shares.length)
  })
})
