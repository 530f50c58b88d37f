import { execFileSync } from 'node:child_process'
import { createWriteStream, readdirSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dumpTar, readCapabilities } from '@/lib/engines/files/snapshot/dump-tar'
import { snapshot } from '@/lib/engines/files/snapshot/method'
import { confineTool } from '@/lib/sandbox/confine-tool'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { filesSource, treeDigest } from '@/test/helpers/engines/files'
import { makeTestRun, nothing } from '@/test/helpers/run-context'

const shell = (script: string, ...args: string[]) =>
  execFileSync('bash', ['-ec', script, 'bash', ...args], { encoding: 'utf8' })

/** Where a folder may lie: beside, below or above what tar itself needs to see. */
const parents = ['/tmp', '/dev/shm', '/usr/lib', '/usr/local', '/etc', '/var/tmp', '/root', '/opt', '/mnt']

describe('a folder that is backed up as root', () => {
  let base: string
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-places-'))
  })
  afterEach(() => rm(base, { recursive: true, force: true }))

  const backUp = (root: string, options: object = {}) =>
    takeBackup(snapshot, filesSource(root, {}, options), path.join(base, 'backup'), makeTestRun())
  const restored = async (backup: Awaited<ReturnType<typeof takeBackup>>) => {
    const target = { source: filesSource('/'), mode: 'new', path: path.join(base, 'restored') }
    await snapshot.restore({ ...backup, target, keepOut: nothing }, makeTestRun())
    return target.path
  }

  it.each(parents)('is read and restored below %s', async (parent) => {
    const root = await mkdtemp(path.join(parent, 'hf-place-'))
    try {
      await mkdir(path.join(root, 'in/deep'), { recursive: true })
      await writeFile(path.join(root, 'in/deep/file'), 'content')
      const backup = await backUp(root)
      expect(backup.toolWarnings).toEqual([])
      expect(treeDigest(await restored(backup))).toBe(treeDigest(root))
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })

  it('is read by its real name when it is named by links', async () => {
    await mkdir(path.join(base, 'real/root'), { recursive: true })
    await writeFile(path.join(base, 'real/root/file'), 'content')
    await symlink('real', path.join(base, 'link'))
    const backup = await backUp(path.join(base, 'link/root'))
    expect(backup.manifest.identity).toBe(await realpath(path.join(base, 'real/root')))
    expect(treeDigest(await restored(backup))).toBe(treeDigest(path.join(base, 'real/root')))
  })

  it.each([
    ['/usr', 'bin/tar'],
    ['/etc', 'passwd'],
    ['/', 'etc/passwd'],
  ])('may be %s, which has in it what tar needs', async (root, file) => {
    const names = path.join(base, 'names')
    const list = path.join(base, 'list')
    await writeFile(list, `./${file}\0`)
    const known = { path: root, is: await lstat(root, { bigint: true }) }
    const run = makeTestRun()
    const order = { file: 'tar', capabilities: readCapabilities, folder: { ...known, as: 'read' as const } }
    const room = await confineTool(order, run)
    expect(room).toMatchObject({ by: 'bubblewrap', lacking: null })
    const onEntry = () => undefined
    const tar = dumpTar(
      { source: filesSource(root), root: known, room, listFile: list, namesFile: names, onEntry },
      run,
    )
    const archive = path.join(base, 'archive.tar')
    await Promise.all([pipeline(tar.stream, createWriteStream(archive)), tar.finished])
    shell('tar -xOf "$1" "./$2" | cmp - "$3/$2"', archive, file, root)
  })

  it('is told not to be confined where nothing can confine tar, with what to install', async () => {
    const [tools, root] = [path.join(base, 'tools'), path.join(base, 'root')]
    for (const one of [tools, root]) await mkdir(one)
    await writeFile(path.join(root, 'file'), 'content')
    await symlink('/usr/bin/tar', path.join(tools, 'tar'))
    vi.stubEnv('PATH', tools)
    const { toolWarnings } = await backUp(root).finally(() => vi.unstubAllEnvs())
    expect(toolWarnings).toEqual([expect.stringMatching(/was not confined to the folder.*apt-get install bubblewrap/)])
  })

  it('has what is mounted in it, unless it is one file system that is asked for', async () => {
    const root = path.join(base, 'root')
    await mkdir(path.join(root, 'mounted'), { recursive: true })
    shell('mount -t tmpfs none "$1"; echo on another > "$1/file"', path.join(root, 'mounted'))
    try {
      const all = await restored(await backUp(root))
      expect(treeDigest(all)).toContain('mounted/file')
      await rm(all, { recursive: true })
      expect(readdirSync(await restored(await backUp(root, { oneFileSystem: true })))).toEqual([])
    } finally {
      shell('umount "$1"', path.join(root, 'mounted'))
    }
  })

  it('comes back with everything that only root may read and set, and keeps the times of reading', async () => {
    const root = path.join(base, 'root')
    await mkdir(root)
    const tell = (folder: string) =>
      shell(
        `cd "$1"; getfattr -R -h -d -m - . | sed '/^#/d' | sort; getfacl -R -n . ; getcap -r . ; find . -printf '%P %y %m %U:%G %T@\\n' | sort`,
        folder,
      )
    shell(
      `cd "$1"; mkdir -m 700 closed shared; printf hidden > closed/file; cp /bin/true program; ln -s closed/file link
       setfattr -n trusted.note -v kept closed/file; setfattr -n trusted.note -v kept shared; setfattr -n user.note -v kept program
       setfacl -m u:4321:rw,g:4321:r closed/file; setfacl -m d:u:4321:rwx shared
       chown -R 12345:12345 closed; chown 23456:34567 program; chmod 6755 program; setcap cap_net_raw+ep program; chmod 2770 shared; chmod 0 closed/file
       touch -a -d '2001-02-03 04:05:06' closed/file program`,
      root,
    )
    const told = tell(root)
    for (const part of ['trusted.note', 'user.note', 'security.capability', 'user:4321', 'cap_net_raw'])
      expect(told).toContain(part)
    const read = shell('stat -c %X "$1/closed/file" "$1/program"', root)
    expect(tell(await restored(await backUp(root)))).toBe(told)
    // The look at it after the backup is not the backup's.
    expect(shell('stat -c %X "$1/closed/file" "$1/program"', root)).toBe(read)
  })
})
