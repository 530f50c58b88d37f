import { execFileSync } from 'node:child_process'
import { appendFile, lstat, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { filesOptionsSchema } from '@/lib/contracts/engines/files'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { EngineHarness } from './harness'

export const filesSource = (
  root: string,
  connection: Record<string, unknown> = {},
  options: object = {},
): SourceSpec => ({
  id: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a77',
  name: 'files',
  engine: 'files',
  connection: { root, include: [], exclude: [], ...connection },
  secrets: {},
  options: filesOptionsSchema.parse(options),
})

/** What is in a folder, told by find, sha256sum and getfattr: paths, types, sizes, rights, owners, times, links, contents, attributes. */
export function treeDigest(folder: string): string {
  const script = `cd "$1"
    find . -printf '%P|%y|%m|%U:%G|%T@|%l|' \\( -type f -printf '%s|%n' -o -true \\) -printf '\\n' | LC_ALL=C sort
    find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum --
    find . -print0 | LC_ALL=C sort -z | xargs -0r getfattr -h -d -m - --absolute-names -- 2>/dev/null`
  return execFileSync('bash', ['-c', script, 'bash', folder], { encoding: 'utf8', maxBuffer: 1 << 28 })
}

/** A tree with everything that a tar stumbles over. */
export function nastyTree(folder: string): void {
  const script = `set -e; cd "$1"
    mkdir -p docs/deep/er empty 'with space' closed; chmod 2750 docs; chmod 0700 closed
    seq 1 20000 > docs/numbers.txt; : > docs/nothing; printf 'x' > "docs/new
line"; printf 'y' > 'docs/back\\slash'; printf 'z' > docs/"quo'te\\"s"; printf 'w' > './-rf'; printf 'v' > './--checkpoint-action=exec=false'
    printf 'bytes' > "$(printf 'docs/\\377\\376name')"; printf 'u' > 'docs/ü name 漢字'; printf 's' > "$(printf 'docs/line\\342\\200\\250sep')"
    printf 'n' > docs/'*'; printf 'm' > docs/'[a-z]'
    mkdir -p "$(printf 'long/%.0s' $(seq 1 30))"; printf 'l' > "$(printf 'long/%.0s' $(seq 1 30))$(printf 'n%.0s' $(seq 1 200))"
    ln docs/numbers.txt docs/hard; ln docs/numbers.txt 'with space/hard too'
    ln -s numbers.txt docs/soft; ln -s /etc/passwd docs/outside; ln -s ../../../.. docs/up; ln -s gone docs/dangling
    truncate -s 20M sparse; printf 'in the middle' | dd of=sparse bs=1 seek=10000000 conv=notrunc status=none
    truncate -s 5M hole
    chmod 4755 docs/nothing; chmod 0 docs/hard; touch -d '1999-12-31 23:59:59.123456789' docs/deep; touch -h -d '2001-02-03 04:05:06.7' docs/soft
    setfattr -n user.note -v 'an attribute' docs/numbers.txt
    [ "$(id -u)" = 0 ] && chown 12345:54321 docs/'*' && chown -h 1:2 docs/soft
    mkfifo pipe`
  execFileSync('bash', ['-c', script, 'bash', folder], { stdio: 'pipe' })
}

export const filesHarness: EngineHarness = {
  notSupported: { roles: 'There is no server: the worker reads files as its own user.' },
  absent: async () => filesSource('/nonexistent/folder'),
  async start() {
    const base = await mkdtemp(path.join(tmpdir(), 'hf-files-'))
    const root = path.join(base, 'root')
    await mkdir(root)
    nastyTree(root)
    // A pipe is not backed up.
    await rm(path.join(root, 'pipe'))
    let changes = 0
    let places = 0
    return {
      source: filesSource(root),
      digest: async () => treeDigest(root),
      change: async () => {
        changes += 1
        await writeFile(path.join(root, `new ${changes}`), `new ${changes}`)
        await appendFile(path.join(root, 'docs/numbers.txt'), 'more\n')
        await rm(path.join(root, `new ${changes - 2}`), { force: true })
        await rename(
          path.join(root, changes % 2 === 1 ? 'empty' : 'emptied'),
          path.join(root, changes % 2 === 1 ? 'emptied' : 'empty'),
        )
      },
      newPlace: async () => {
        const place = path.join(base, `restored ${(places += 1)}`)
        return {
          target: { source: filesSource(root), mode: 'new', path: place },
          digest: async () => treeDigest(place),
          exists: async () => (await lstat(place).catch(() => null)) !== null,
        }
      },
      byHand: async (folder, commands) => {
        execFileSync('bash', ['-ec', ['set -o pipefail', ...commands].join('\n')], { cwd: folder, stdio: 'pipe' })
        return treeDigest(path.join(folder, 'restored'))
      },
      close: () => rm(base, { recursive: true, force: true }),
    }
  },
}
