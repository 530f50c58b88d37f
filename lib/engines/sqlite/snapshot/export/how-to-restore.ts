import { basename, dirname, join } from 'node:path'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import {
  forgetting,
  reading,
  shellQuote,
  type StoredFile,
  unlocking,
  unpackers,
} from '@/lib/core/repository/hand-reading'
import type { HandStep } from '@/lib/core/repository/hand-step'
import { pathOfPart } from '../facts'

const folder = 'restored'

/** How to restore with standard tools alone: each part, unpacked, is the database file. */
export function howToRestore(files: StoredFile[], { source }: Pick<Manifest, 'source'>): HandStep[] {
  const named = files.map((file) => ({
    file,
    path: join(folder, nameOf(file, files.length === 1 ? source.label : null)),
  }))
  const folders = [...new Set(named.map(({ path }) => dirname(path)))].map(shellQuote)
  return [
    { say: `You need ${['the sqlite3 program', ...unpackers(files)].join(', ')}` },
    ...unlocking(files),
    { say: 'Make new folders for the databases', run: `mkdir -p ${folders.join(' ')}` },
    ...named.map(({ file, path }) => ({ say: 'Unpack a database', run: `${reading(file)} > ${shellQuote(path)}` })),
    ...named.map(({ path }) => ({
      say: 'Check it, which prints ok',
      run: `sqlite3 ${shellQuote(path)} 'PRAGMA integrity_check'`,
    })),
    {
      say: 'Stop the application before you put a file into its place, and move the old files with the same name and -wal, -shm or -journal at its end away; SQLite would play an old -wal into the restored database',
    },
    ...forgetting(files),
  ]
}

function nameOf({ file, facts }: StoredFile, label: string | null): string {
  return pathOfPart(facts) ?? (label === null ? (file.split('.sqlite')[0] ?? file) + '.sqlite' : basename(label))
}
