import { forgetting, reading, type StoredFile, unlocking, unpackers } from '@/lib/core/repository/hand-reading'
import type { HandStep } from '@/lib/core/repository/hand-step'
import type { BackupMethod } from '@/lib/ports/backup-method'

const folder = 'restored'
const unpack = `tar --extract --preserve-permissions --numeric-owner --xattrs --xattrs-include='*' --acls -f - -C ${folder}`

/** How to restore with standard tools alone, into a folder beside the files of the backup. */
export const howToRestore: BackupMethod['howToRestore'] = (files, { method, source }) => {
  const of = (role: string) => files.filter((file) => file.role === role)
  const step = (say: string) => (file: StoredFile) => ({ say, run: `${reading(file)} | ${unpack}` })
  const full: HandStep[] = [{ say: 'Make a folder for what is restored', run: `mkdir -p ${folder}` }]
  const increment: HandStep[] = [
    {
      say: `This backup has only what changed. First restore the one that it builds on (chain.parent in manifest.json names it) as its own steps say, and move its folder "${folder}" here`,
    },
    ...of('removed').map((file) => ({
      say: 'Remove what had been removed since then',
      run: `${reading(file)} | (cd ${folder} && xargs -0 rm -rf --)`,
    })),
  ]
  return [
    {
      say: `You need ${['GNU tar', ...unpackers(files)].join(', ')}. As root the files get their owners back, as another user they are yours`,
    },
    ...unlocking(files),
    ...(method === 'incremental' ? increment : full),
    ...of('files').map(step('Files')),
    ...of('folders').map(step('Folders, with their rights and times, last')),
    { say: `Compare what is in "${folder}" with what you expect, then move it to ${source.label ?? 'its place'}` },
    ...forgetting(files),
  ]
}
