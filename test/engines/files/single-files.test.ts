import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ageCipher } from '@/lib/cipher/age/cipher'
import { incremental, snapshot } from '@/lib/engines/files/snapshot/method'
import { readEntry } from '@/lib/engines/files/index/entry'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import { inPieces } from '@/test/helpers/databases/sample-bytes'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { filesSource, treeDigest } from '@/test/helpers/engines/files'
import { type StoredBackup, storeBackup } from '@/test/helpers/engines/stored-backup'
import { makeTestRun, nothing } from '@/test/helpers/run-context'

const run = makeTestRun()
const best = { compression: 'zstd', encrypted: true, seekable: true } as const
const blockBytes = 512

describe('single files', () => {
  let base: string
  let root: string
  let places = 0
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-single-'))
    root = newFolder()
  })
  afterEach(() => rm(base, { recursive: true, force: true }))

  function newFolder(): string {
    const folder = path.join(base, `folder ${(places += 1)}`)
    mkdirSync(folder)
    return folder
  }
  const shell = (script: string, cwd = root) => execFileSync('bash', ['-ec', script], { cwd, stdio: 'pipe' })
  const take = (parent?: ReadableBackup) => {
    const method = parent ? incremental : snapshot
    return takeBackup(method, filesSource(root, {}, { parallelism: 1 }), newFolder(), run, parent)
  }
  async function restore(backup: StoredBackup, only: string[], before: StoredBackup[] = []): Promise<string> {
    const target = { source: filesSource(root), mode: 'new', path: path.join(base, `restored ${(places += 1)}`), only }
    await snapshot.restore({ ...backup, before, target, keepOut: nothing }, makeTestRun())
    return target.path
  }
  /** What must come back, as plain find and tar make it of the source. */
  function expected(only: string[]): string {
    const folder = newFolder()
    const within = (name: string, one: string) => name === one || name.startsWith(`${one}/`)
    const listing = execFileSync('find', ['.', '-printf', '%y%P\\0'], { cwd: root, maxBuffer: 1 << 28 })
    const chosen = listing
      .toString('latin1')
      .split('\0')
      .filter((line) => {
        const [type, name] = [line[0], line.slice(1)]
        const isOnTheWay = (one: string) => type === 'd' && (name === '' || within(one, name))
        return only
          .map((one) => Buffer.from(one).toString('latin1'))
          .some((one) => within(name, one) || isOnTheWay(one))
      })
    const list = path.join(base, 'list')
    writeFileSync(list, Buffer.from(chosen.map((line) => `./${line.slice(1)}\0`).join(''), 'latin1'))
    const flags = '--sparse --xattrs --acls --numeric-owner --format=posix --no-recursion --null --verbatim-files-from'
    shell(
      `tar -C '${root}' ${flags} -T '${list}' -cf - | tar -C '${folder}' -xpf - --xattrs --acls --delay-directory-restore`,
    )
    return treeDigest(folder)
  }
  /** Some MB that do not compress in one archive, and small files before, between and behind. */
  function largeTree(): void {
    shell('mkdir -p a/deep m z; chmod 2750 a')
    for (const name of ['b', 'n', 'x']) writeFileSync(path.join(root, name), randomBytes(9_000_000))
    for (const name of ['a/first', 'a/deep/file', 'm/middle', 'z/last']) {
      writeFileSync(path.join(root, name), `content of ${name}\n`.repeat(50))
    }
    shell(
      'setfattr -n user.note -v "an attribute" m/middle; touch -d @1000000000.123456789 m/middle; chmod 4755 m/middle',
    )
    shell('mkdir -p k/in/there; echo linked > k/in/there/first; ln k/in/there/first z/linked-deep')
    shell('ln m/middle z/other-name; ln -s ../m/middle z/soft; touch -d @1000000000 a m z .')
  }
  /** Where an entry lies in its archive. */
  async function placeOf(backup: StoredBackup, name: string) {
    const index = await text(await backup.open(backup.part('index'), run))
    const entry = index
      .split('\n')
      .slice(1, -2)
      .map(readEntry)
      .find((each) => each.path.toString() === name)
    if (!entry?.extent) throw new Error(`the index does not tell where ${name} lies`)
    return { start: entry.block * blockBytes, end: (entry.block + entry.extent.blocks) * blockBytes }
  }
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)

  it.each([
    ['zstd', true],
    ['zstd', false],
    ['none', true],
    ['none', false],
    ['gzip', true],
  ] as const)(
    'come back as they were out of any tree: compression %s, encrypted %s',
    async (compression, encrypted) => {
      const sizes = fc.oneof(
        fc.constantFrom(0, 1, 511, 512, 513, 1_024, 65_536, 4_194_304 - 1_024, 5_000_001),
        fc.nat({ max: 30_000 }),
      )
      let byRanges = 0
      // Each character is a byte.
      const bytesOf = (name: string) => Buffer.from(name).toString('latin1')
      const names = fc.constantFrom(
        ...['a', 'b c', bytesOf('ü漢'), 'line\nbreak', 'back\\slash', '-rf', '*', 'n'.repeat(200), '\xff\xfe'],
      )
      const kinds = fc.constantFrom('file', 'file', 'file', 'sparse', 'link', 'hard', 'attribute')
      const folders = fc.constantFrom('.', 'd', 'd/e', `d/${'long/'.repeat(30)}end`, 'z \xff')
      const files = fc.uniqueArray(fc.record({ folder: folders, name: names, kind: kinds, size: sizes }), {
        minLength: 4,
        maxLength: 25,
        selector: ({ folder, name }) => `${folder}/${name}`,
      })
      await fc.assert(
        fc.asyncProperty(files, fc.infiniteStream(fc.nat()), async (tree, picks) => {
          root = newFolder()
          const made: Buffer[] = []
          for (const { folder, name, kind, size } of tree) {
            const file = Buffer.from(`${root}/${folder}/${name}`, 'latin1')
            mkdirSync(file.subarray(0, file.lastIndexOf(0x2f)), { recursive: true })
            const first = made[0]
            if (kind === 'link') symlinkSync('../nowhere', file)
            else if (kind === 'hard' && first) linkSync(first, file)
            else writeFileSync(file, randomBytes(size))
            if (kind === 'sparse') truncateSync(file, size + 3_000_000)
            if (kind === 'file') made.push(file)
          }
          writeFileSync(path.join(root, 'filler'), randomBytes(6_000_000))
          shell(`find . -type f -name 'b*' -exec setfattr -n user.x -v ${'v'.repeat(2_000)} {} +`)
          const backup = await storeBackup(await take(), { compression, encrypted, seekable: true })
          const all = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P\\0'], { cwd: root })
            .toString('utf8')
            .split('\0')
            .filter((name) => name !== '' && !name.includes('�') && name !== 'filler')
          const only = [...picks.take(3)].map((pick) => all[pick % all.length] ?? '')
          if (only.includes('')) return
          const counted: StoredBackup = {
            ...backup,
            ranges: async (part, scope) => {
              const ranges = (await backup.ranges?.(part, scope)) ?? null
              if (ranges) byRanges += 1
              return ranges
            },
          }
          expect(treeDigest(await restore(counted, only))).toBe(expected(only))
        }),
        { numRuns: 8 },
      )
      expect(byRanges > 0).toBe(compression !== 'gzip')
    },
  )

  it('cost the store little, whatever the size of the archive', async () => {
    largeTree()
    const backup = await storeBackup(await take(), best)
    const archive = backup.part('files')
    expect(archive.storedBytes).toBeGreaterThan(27_000_000)
    const small = sum(['index', 'folders'].map((role) => backup.part(role).storedBytes))
    for (const only of [['a/first'], ['m/middle'], ['z/last'], ['z/soft'], ['z/other-name'], ['z/linked-deep']]) {
      backup.reads()
      expect(treeDigest(await restore(backup, only)), only[0]).toBe(expected(only))
      const reads = backup.reads()
      // Two frames at most, the header and the end; the other parts are small, and read twice.
      expect(sum(reads), only[0]).toBeLessThan(2 * 4_400_000 + 2 * small + 300_000)
      expect(reads.length, only[0]).toBeLessThanOrEqual(8)
    }
    backup.reads()
    await restore(backup, ['b', 'n', 'x'])
    // Checked first, and then read, each in one go.
    expect(sum(backup.reads())).toBeGreaterThan(2 * archive.storedBytes)
  })

  it('cost nothing of the format: age, zstd and tar read the archive as before', async () => {
    largeTree()
    const backup = await storeBackup(await take(), best)
    const folder = newFolder()
    await writeFile(path.join(folder, 'key'), `${backup.key.identity}\n`)
    for (const { file } of ['files', 'folders'].map((role) => backup.part(role))) {
      await writeFile(path.join(folder, file), backup.objects.get(file) ?? '')
      shell(`age -d -i key ${file} > part.zst; zstd -q -t part.zst; zstd -l part.zst > listed`, folder)
      shell(`mkdir -p out; zstd -dc part.zst | tar -xpf - --xattrs --acls --numeric-owner -C out`, folder)
    }
    expect(treeDigest(path.join(folder, 'out'))).toBe(treeDigest(root))
  })

  it.each([
    ['zstd', true],
    ['zstd', false],
    ['none', true],
    ['none', false],
  ] as const)(
    'are refused when they are damaged, and only then: compression %s, encrypted %s',
    async (compression, encrypted) => {
      largeTree()
      const backup = await storeBackup(await take(), { compression, encrypted, seekable: true })
      const archive = backup.part('files')
      const good = backup.objects.get(archive.file) ?? Buffer.alloc(0)
      const place = await placeOf(backup, 'n')
      const share = good.length / archive.sourceBytes
      const flip = (at: number) => {
        const wrong = Buffer.from(good)
        wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at)
        backup.objects.set(archive.file, wrong)
      }
      flip(Math.floor(((place.start + place.end) / 2) * share))
      expect(treeDigest(await restore(backup, ['a', 'z']))).toBe(expected(['a', 'z']))
      const before = await readdir(base)
      await expect(restore(backup, ['n'])).rejects.toMatchObject({ code: 'object-damaged' })
      expect(await readdir(base)).toEqual(before)
      backup.objects.set(archive.file, good)
      expect(treeDigest(await restore(backup, ['n']))).toBe(expected(['n']))
    },
  )

  it('are refused with any bit of them changed, where nothing but the index can tell', async () => {
    largeTree()
    const backup = await storeBackup(await take(), { compression: 'none', encrypted: false, seekable: true })
    const archive = backup.part('files')
    const good = backup.objects.get(archive.file) ?? Buffer.alloc(0)
    const place = await placeOf(backup, 'm/middle')
    const right = expected(['m/middle'])
    const bits = fc.tuple(fc.integer({ min: place.start, max: place.end - 1 }), fc.nat({ max: 7 }))
    await fc.assert(
      fc.asyncProperty(bits, async ([at, bit]) => {
        const wrong = Buffer.from(good)
        wrong.writeUInt8(wrong.readUInt8(at) ^ (1 << bit), at)
        backup.objects.set(archive.file, wrong)
        const before = await readdir(base)
        const ending = await restore(backup, ['m/middle']).catch((error: unknown) => error)
        // What fills the last block is nobody's content.
        if (typeof ending === 'string') {
          expect(treeDigest(ending)).toBe(right)
          return
        }
        expect(ending).toMatchObject({ code: 'object-damaged', message: expect.stringContaining('m/middle') })
        expect(await readdir(base)).toEqual(before)
      }),
      { numRuns: 40 },
    )
  })

  it('are refused when somebody put another archive there, encrypted for the same backup', async () => {
    largeTree()
    const backup = await storeBackup(await take(), { compression: 'none', encrypted: true, seekable: true })
    const archive = backup.part('files')
    const plain = await buffer(await backup.open(archive, run))
    const { start } = await placeOf(backup, 'm/middle')
    const attribute = plain.indexOf('an attribute', start)
    plain.write('AN attribute', attribute)
    const other = inPieces(plain, [65_536]).pipe(await ageCipher.encrypt([backup.key.recipient]))
    backup.objects.set(archive.file, await buffer(other))
    await expect(restore(backup, ['m/middle'])).rejects.toMatchObject({
      code: 'object-damaged',
      message: expect.stringContaining('m/middle'),
    })
    expect(treeDigest(await restore(backup, ['z/last']))).toBe(expected(['z/last']))
  })

  it('come from whichever backup of a chain has them', async () => {
    largeTree()
    const plainFull = await take()
    writeFileSync(path.join(root, 'm/new'), 'new')
    shell('rm n')
    const plainNext = await take(plainFull)
    writeFileSync(path.join(root, 'y'), randomBytes(5_000_000))
    writeFileSync(path.join(root, 'a/newest'), 'newest')
    const plainLast = await take(plainNext)
    const full = await storeBackup(plainFull, best)
    const next = await storeBackup(plainNext, best)
    const last = await storeBackup(plainLast, best)
    const only = ['m', 'a', 'z/other-name']
    expect(treeDigest(await restore(last, only, [full, next]))).toBe(expected(only))
    // Its index, three small files out of an archive of 27 MB, and no folders: those are all in the last one.
    expect(sum(full.reads())).toBeLessThan(3 * 4_400_000)
    expect(sum(last.reads())).toBeLessThan(5_000_000)
  })

  it('come out of backups from before: without a seek table, and with an index that does not tell where entries end', async () => {
    largeTree()
    const plain = await take()
    const before = await storeBackup(plain, { ...best, seekable: false })
    const only = ['m/middle', 'z/other-name']
    before.reads()
    expect(treeDigest(await restore(before, only))).toBe(expected(only))
    expect(sum(before.reads())).toBeGreaterThan(2 * before.part('files').storedBytes)
    const index = plain.manifest.parts.find(({ role }) => role === 'index')
    const lines = await text(await plain.open(index ?? before.part('index'), run))
    const without = lines.replace(/"(extent|sameAsAt)":\{[^}]*\},?/g, '').replaceAll(',}', '}')
    expect(without.length).toBeLessThan(lines.length)
    const older = await storeBackup(
      {
        ...plain,
        open: async (part, scope) =>
          part === index ? Readable.from([without], { objectMode: false }) : plain.open(part, scope),
      },
      best,
    )
    older.reads()
    expect(treeDigest(await restore(older, only))).toBe(expected(only))
    expect(sum(older.reads())).toBeGreaterThan(2 * older.part('files').storedBytes)
  })

  it('leave nothing behind when they are cancelled', async () => {
    largeTree()
    const backup = await storeBackup(await take(), best)
    const place = path.join(base, 'cancelled')
    const scope = makeTestRun()
    const ranges: StoredBackup['ranges'] = async (part, inner) => {
      const opened = await backup.ranges?.(part, inner)
      scope.abort(new Error('cancelled by the user'))
      return opened ?? null
    }
    const before = await readdir(base)
    const target = { source: filesSource(root), mode: 'new', path: place, only: ['m/middle'] }
    const restoring = snapshot.restore({ ...backup, ranges, target, keepOut: nothing }, scope)
    await expect(restoring).rejects.toThrow('cancelled by the user')
    await expect(access(place)).rejects.toThrow()
    expect(await readdir(base)).toEqual(before)
  })
})
