import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { indexHeader } from '@/lib/engines/files/index/entry'
import type { PlainBackup } from '@/test/helpers/databases/engine-backup'

/** A line of the index as a forger writes it. */
export interface ForgedEntry {
  path: string
  type: 'file' | 'folder' | 'link'
  part: string
  target?: string
  sameAs?: string
}

/** The manifest of a real backup, with other archives, made by scripts of the shell that get the archive's name as `$1`, and an index. */
export async function forge(
  like: PlainBackup,
  folder: string,
  archives: Record<string, string>,
  entries: ForgedEntry[],
): Promise<PlainBackup> {
  await mkdir(folder, { recursive: true })
  const seen = { size: 0, mtime: '0', ctime: '0', inode: '1:1' }
  const common = { size: 0, mode: 0o644, uid: 0, gid: 0, mtime: '0', seen, back: 0, block: 0, sha256: null }
  const lines = [{ ...indexHeader, root: '/' }, ...entries.map((entry) => ({ ...common, ...entry })), { end: true }]
  await writeFile(path.join(folder, 'index.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  for (const [name, script] of Object.entries(archives)) {
    const room = path.join(folder, `made of ${name}`)
    await mkdir(room)
    execFileSync('bash', ['-ec', script, 'bash', path.join(folder, name)], { cwd: room, stdio: 'pipe' })
  }
  const [first] = like.manifest.parts
  const part = (role: string, file: string): Manifest['parts'][number] => {
    if (!first) throw new TypeError('a backup has parts')
    return { ...first, role, file }
  }
  const files = Object.keys(archives).map((name) => part(name === 'folders.tar' ? 'folders' : 'files', name))
  return {
    ...like,
    manifest: { ...like.manifest, chain: null, parts: [...files, part('index', 'index.jsonl')] },
    open: async ({ file }) => createReadStream(path.join(folder, file)),
  }
}
