import { execFileSync } from 'node:child_process'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { incremental, snapshot } from '@/lib/engines/files/snapshot/method'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { filesInRooms, filesRooms } from '@/test/helpers/engines/files-in-room'
import { filesSource } from '@/test/helpers/engines/files'
import { forge, type ForgedEntry } from '@/test/helpers/engines/plain-archives'
import { roomUser } from '@/test/helpers/rooms'
import { makeTestRun } from '@/test/helpers/run-context'

const folder = (name: string, part = 'folders.tar'): ForgedEntry => ({ path: name, type: 'folder', part })
const file = (name: string, part = 'files-1.tar'): ForgedEntry => ({ path: name, type: 'file', part })
const root = folder('')
/** As the last of every forged backup has it: only the root. */
const folders = { 'folders.tar': 'tar -cf "$1" --no-recursion ./' }

/** What tar would never be given by a backup: made by tar itself, and by the shell. `OUTSIDE` is a folder that must stay as it is. */
const forgeries: Record<string, { archives: Record<string, string>; entries: ForgedEntry[] }> = {
  'a name that climbs out': {
    archives: { 'files-1.tar': 'echo x > f; tar -cf "$1" -P --transform "s,^f,./../outside/written," f', ...folders },
    entries: [root, file('../outside/written')],
  },
  'a name that climbs out further down': {
    archives: {
      'files-1.tar': 'mkdir a; echo x > f; tar -cf "$1" -P --transform "s,^f,./a/../../outside/written," f',
      ...folders,
    },
    entries: [root, folder('a'), file('a/../../outside/written')],
  },
  'an absolute name': {
    archives: { 'files-1.tar': 'echo x > f; tar -cf "$1" -P --transform "s,^f,OUTSIDE/written," f', ...folders },
    entries: [root, file('/OUTSIDE/written')],
  },
  'a file in a link, as the index says': {
    archives: {
      'files-1.tar': 'ln -s OUTSIDE a; tar -cf "$1" ./a',
      'files-2.tar': 'mkdir a; echo x > a/written; tar -cf "$1" ./a/written',
      ...folders,
    },
    entries: [
      root,
      { path: 'a', type: 'link', part: 'files-1.tar', target: 'OUTSIDE' },
      file('a/written', 'files-2.tar'),
    ],
  },
  'a file in a link that the index calls a folder': {
    archives: {
      'files-1.tar': 'ln -s OUTSIDE a; tar -cf "$1" ./a',
      'files-2.tar': 'mkdir a; echo x > a/written; tar -cf "$1" ./a/written',
      ...folders,
    },
    entries: [root, folder('a', 'files-1.tar'), file('a/written', 'files-2.tar')],
  },
  'a file in a link of the same archive': {
    archives: {
      'files-1.tar': 'ln -s OUTSIDE a; tar -cf "$1" ./a; rm a; mkdir a; echo x > a/written; tar -rf "$1" ./a/written',
      ...folders,
    },
    entries: [root, folder('a', 'files-1.tar'), file('a/written')],
  },
  'rights of a folder that is a link': {
    archives: {
      'files-1.tar': 'ln -s OUTSIDE a; tar -cf "$1" ./a',
      'folders.tar': 'mkdir -m 777 a; tar -cf "$1" --no-recursion ./ ./a',
    },
    entries: [root, { path: 'a', type: 'folder', part: 'files-1.tar' }],
  },
  'another name of a file elsewhere': {
    archives: {
      'files-1.tar': 'ln -s OUTSIDE a; tar -cf "$1" ./a',
      'files-2.tar': 'mkdir a; echo x > a/kept; ln a/kept b; tar -cf "$1" ./a/kept ./b',
      ...folders,
    },
    entries: [root, { path: 'a', type: 'link', part: 'files-1.tar', target: 'OUTSIDE' }, file('b', 'files-2.tar')],
  },
  'another name of a file elsewhere, by its own name': {
    archives: {
      'files-1.tar': 'echo x > f; ln f b; tar -cf "$1" -P --transform "s,^f,OUTSIDE/kept,RSh" f ./b',
      ...folders,
    },
    entries: [root, file('b')],
  },
}

describe('a restore of files', () => {
  let base: string
  let place: string
  let outside: string
  let like: PlainBackup
  let inRoom: Awaited<ReturnType<typeof filesInRooms>>
  let runs = 0

  beforeAll(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-inside-'))
    chmodSync(base, 0o755)
    inRoom = await filesInRooms(base)
    await mkdir(path.join(base, 'like'))
    like = await takeBackup(snapshot, filesSource(path.join(base, 'like')), path.join(base, 'of like'), makeTestRun())
  })
  afterAll(() => rm(base, { recursive: true, force: true }))
  beforeEach(async () => {
    place = path.join(base, `case-${(runs += 1)}`)
    outside = path.join(place, 'outside')
    await mkdir(outside, { recursive: true, mode: 0o755 })
    await writeFile(path.join(outside, 'kept'), 'kept')
  })
  afterEach(() => rm(place, { recursive: true, force: true }))

  const stateOf = () => execFileSync('find', [outside, '-printf', '%P %y %m %U %n %T@ %s\n'], { encoding: 'utf8' })

  describe.each(filesRooms)('$name', ({ plan }) => {
    beforeEach(async () => {
      for (const one of [place, outside, path.join(outside, 'kept')]) await chown(one, roomUser(plan), roomUser(plan))
    })

    it.each(Object.entries(forgeries))('writes nothing elsewhere for %s', async (_, { archives, entries }) => {
      const here = (text: string) => text.replaceAll('OUTSIDE', outside)
      const scripts = Object.fromEntries(Object.entries(archives).map(([name, script]) => [name, here(script)]))
      const lines = entries.map((entry) => ({ ...entry, path: here(entry.path) }))
      const parts = path.join(place, 'backup')
      const { manifest } = await forge(like, parts, scripts, lines)
      const before = stateOf()
      await inRoom(plan, { restore: { chain: [{ manifest, parts }], to: path.join(place, 'restored') } })
      expect(stateOf()).toBe(before)
    })

    it('brings back what has several names, and folders that are closed to all', async () => {
      const source = path.join(place, 'source')
      await mkdir(source)
      const script = 'cd "$1"; mkdir closed; echo x > closed/f; ln closed/f g; chmod 0 closed'
      execFileSync('bash', ['-ec', script, 'bash', source])
      const parts = path.join(place, 'full')
      const { manifest } = await takeBackup(snapshot, filesSource(source), parts, makeTestRun())
      execFileSync('chmod', ['-R', 'a+rX', parts])
      const to = path.join(place, 'restored')
      expect(await inRoom(plan, { restore: { chain: [{ manifest, parts }], to } })).not.toHaveProperty('error')
      execFileSync('cmp', [path.join(to, 'closed/f'), path.join(source, 'closed/f')])
      expect(
        execFileSync('stat', ['-c', '%a %h', path.join(to, 'closed'), path.join(to, 'g')], { encoding: 'utf8' }),
      ).toBe('0 2\n644 2\n')
    })

    it.each([
      ['a link and then a folder', 'ln -s "$2" a', 'rm a; mkdir a; echo x > a/written'],
      ['a folder and then a link', 'mkdir a; echo x > a/written', 'rm -r a; ln -s "$2" a'],
    ])('of a chain with %s of the same name writes nothing elsewhere', async (_, first, second) => {
      const source = path.join(place, 'source')
      const change = (script: string) => execFileSync('bash', ['-ec', `cd "$1"; ${script}`, 'bash', source, outside])
      await mkdir(source)
      change(first)
      const full = await takeBackup(snapshot, filesSource(source), path.join(place, 'full'), makeTestRun())
      change(second)
      const next = await takeBackup(incremental, filesSource(source), path.join(place, 'next'), makeTestRun(), full)
      const before = stateOf()
      const to = path.join(place, 'restored')
      const chain = [
        { manifest: full.manifest, parts: path.join(place, 'full') },
        { manifest: next.manifest, parts: path.join(place, 'next') },
      ]
      execFileSync('chmod', ['-R', 'a+rX', place])
      expect(await inRoom(plan, { restore: { chain, to } })).not.toHaveProperty('error')
      expect(stateOf()).toBe(before)
      execFileSync('diff', ['-r', '--no-dereference', source, to])
    })
  })
})
