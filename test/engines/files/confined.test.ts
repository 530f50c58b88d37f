import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FilesAnswer, filesInRooms, filesRooms } from '@/test/helpers/engines/files-in-room'
import { roomUser, type RoomPlan } from '@/test/helpers/rooms'

const secret = 'what nobody else may read'

/** What somebody does who may write into the folder: `$root` is the folder, `$outside` one that only the worker may enter. */
const swaps: Record<string, string> = {
  'a link to a folder elsewhere': 'mv $root/dir $root/was; ln -s $outside $root/dir',
  'a link that climbs out': 'mv $root/dir $root/was; ln -s ../outside $root/dir',
  'a link to a folder above': 'mv $root/deep/er $root/was; ln -s ../.. $root/deep/er',
  'a link by way of the root of a process': 'mv $root/dir $root/was; ln -s /proc/self/root$outside $root/dir',
  'a link to the programs that tar sees, and back': 'mv $root/dir $root/was; ln -s /usr/bin/../../$outside $root/dir',
}

describe('a folder in which somebody puts a link while it is read', () => {
  let base: string
  let folder: string
  let root: string
  let outside: string
  let inRoom: Awaited<ReturnType<typeof filesInRooms>>
  let runs = 0

  beforeAll(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-confined-'))
    await chmod(base, 0o755)
    inRoom = await filesInRooms(base)
  })
  afterAll(() => rm(base, { recursive: true, force: true }))
  beforeEach(async () => {
    folder = path.join(base, `case-${(runs += 1)}`)
    ;[root, outside] = [path.join(folder, 'root'), path.join(folder, 'outside')]
    for (const one of [path.join(root, 'dir'), path.join(root, 'deep/er/outside'), outside])
      await mkdir(one, { recursive: true })
    for (const one of ['a', 'dir/file', 'deep/er/outside/file', 'z']) await writeFile(path.join(root, one), `of ${one}`)
    await writeFile(path.join(outside, 'file'), secret)
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  /** Everything is the worker's, so that what is elsewhere may be read by it and by nobody else. */
  const give = async (plan: RoomPlan) => {
    execFileSync('chown', ['-R', `${roomUser(plan)}:${roomUser(plan)}`, root, outside])
    execFileSync('chmod', ['-R', 'go-rwx', outside])
    await chown(folder, roomUser(plan), roomUser(plan))
  }
  const take = (plan: RoomPlan, script: string, before: 'files' | 'folders' = 'files'): Promise<FilesAnswer> => {
    const words = `root=${root} outside=${outside}; ${script}`
    return inRoom(plan, { take: { root, into: path.join(folder, 'backup'), meanwhile: { before, script: words } } })
  }
  /** All that the archives hold of files, by plain tar and as bytes. */
  const archived = async () => {
    const files = (await readdir(path.join(folder, 'backup'))).filter((name) => name.endsWith('.tar'))
    const script = 'for f; do tar -tf "$f"; tar -xOf "$f"; cat "$f"; done 2>/dev/null || true'
    return execFileSync('bash', ['-c', script, 'bash', ...files], {
      cwd: path.join(folder, 'backup'),
      encoding: 'latin1',
    })
  }

  const chainLink = ({ manifest }: FilesAnswer) => {
    if (!manifest) throw new Error('there is no manifest')
    return { manifest, parts: path.join(folder, 'backup') }
  }

  describe.each(filesRooms)('$name', ({ plan, by }) => {
    it.each(Object.entries(swaps))('is not left by %s', async (_, script) => {
      await give(plan)
      const answer = await take(plan, script)
      const all = await archived()
      expect(all).not.toContain(secret)
      if (by === 'landlock' && answer.error) {
        expect(answer.error).toMatchObject({ code: 'source-failed', message: expect.stringMatching(/changed while/) })
        return
      }
      expect(answer.error).toBeUndefined()
      expect(answer.toolWarnings?.join('\n')).toMatch(/vanished.*: .*file/)
      expect(all).toContain('of a')
      expect(all).toContain('of z')
    })

    it('leaves out what was in a folder that is a link by the end, and can be restored all the same', async () => {
      await give(plan)
      const answer = await take(plan, 'mv $root/dir $root/was; ln -s $outside $root/dir', 'folders')
      expect(answer.error).toBeUndefined()
      expect(answer.toolWarnings?.join('\n')).toMatch(/vanished before they were read: dir, dir\/file/)
      const to = path.join(folder, 'restored')
      expect(await inRoom(plan, { restore: { chain: [chainLink(answer)], to } })).not.toHaveProperty('error')
      expect((await readdir(to)).toSorted()).toEqual(['a', 'deep', 'z'])
    })

    it('is not read at all when it is another one itself by then', async () => {
      await give(plan)
      const answer = await take(
        plan,
        'mv $root $root.was; mkdir $outside/dir; ln -s $outside $root; cp $outside/file $outside/a',
      )
      expect(answer.error).toMatchObject({
        code: 'source-failed',
        message: expect.stringMatching(/was replaced while/),
      })
      expect(await archived()).not.toContain(secret)
    })

    it('is backed up whole when nobody does, with the owners and rights of others, and can be restored', async () => {
      await give(plan)
      await chown(path.join(root, 'z'), 12_345, 54_321)
      if (plan.who === 'root') await chmod(path.join(root, 'z'), 0o600)
      const answer = await take(plan, 'true')
      expect(answer.error).toBeUndefined()
      expect(answer.toolWarnings).toEqual([])
      const to = path.join(folder, 'restored')
      expect(await inRoom(plan, { restore: { chain: [chainLink(answer)], to } })).not.toHaveProperty('error')
      execFileSync('diff', ['-r', root, to])
      const { uid } = await stat(path.join(to, 'z'))
      expect(uid).toBe(plan.who === 'root' ? 12_345 : roomUser(plan))
    })
  })

  it('has the secret where nothing holds tar: the swap is a real one', async () => {
    await writeFile(path.join(folder, 'list'), './a\0./dir/file\0')
    execFileSync('bash', ['-ec', `root=${root} outside=${outside}; ${swaps['a link to a folder elsewhere']}`])
    const tar = ['-cf', '-', '-C', root, '--no-recursion', '--null', '-T', path.join(folder, 'list')]
    expect(execFileSync('tar', tar, { encoding: 'latin1' })).toContain(secret)
  })
})
