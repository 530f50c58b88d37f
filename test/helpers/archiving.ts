import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundleProgram } from './bundle-program'
import { tempDir } from './temp'

/** What the command does: not yet anything, hand in, or go wrong in some way. */
export type ArchiveMode = 'none' | 'push' | 'crash-after' | 'exit-200' | 'slow'

export interface Archiving {
  /** For `archive_command`. */
  command: string
  /** Where it hands in to from now on. */
  to(settings: { url: string; sourceId: string; token: string }): void
  mode(mode: ArchiveMode): void
  /** The running command of the mode `slow`. */
  pid(): number | null
  remove(): Promise<void>
}

const script = (folder: string) => `#!/bin/sh
. ${folder}/settings || exit 1
case "$(cat ${folder}/mode)" in
  push) exec ${process.execPath} ${folder}/wal-push.mjs wal-push "$1" ;;
  crash-after)
    ${process.execPath} ${folder}/wal-push.mjs wal-push "$1" || exit 1
    echo push > ${folder}/mode
    kill -9 $$ ;;
  slow)
    echo $$ > ${folder}/pid
    exec curl -sSf --limit-rate 500k -H @"$HOLDFAST_TOKEN_FILE" -T "$1" "$HOLDFAST_URL/api/v1/admin/sources/$HOLDFAST_SOURCE/log/$(basename "$1")" ;;
  exit-200) exit 200 ;;
  *) exit 1 ;;
esac
`

/** The program that database servers hand in their log with, in a folder that they may read, behind a script that can break. */
export async function archiving(): Promise<Archiving> {
  const { path: folder, remove } = await tempDir('archiving')
  const at = (name: string) => path.join(folder, name)
  chmodSync(folder, 0o777)
  await bundleProgram('worker/wal-push.ts', at('wal-push.mjs'))
  const write = (name: string, content: string, mode: number) => {
    writeFileSync(at(name), content)
    chmodSync(at(name), mode)
  }
  write('archive.sh', script(folder), 0o755)
  write('mode', 'none', 0o666)
  return {
    command: `${at('archive.sh')} %p`,
    to({ url, sourceId, token }) {
      write('token', `Authorization: Bearer ${token}\n`, 0o644)
      const settings = { HOLDFAST_URL: url, HOLDFAST_SOURCE: sourceId, HOLDFAST_TOKEN_FILE: at('token') }
      write(
        'settings',
        Object.entries(settings)
          .map(([name, value]) => `export ${name}=${value}\n`)
          .join(''),
        0o644,
      )
    },
    mode: (mode) => write('mode', mode, 0o666),
    pid: () => (existsSync(at('pid')) ? Number(readFileSync(at('pid'), 'utf8')) : null),
    async remove() {
      rmSync(at('pid'), { force: true })
      await remove()
    },
  }
}
