import { expect, it } from 'vitest'
import { setManifestSchema } from '@/lib/contracts/repository/set-manifest'
import { backupFolder } from '@/lib/core/repository/paths'

const at = new Date('2026-11-21T02:00:00Z')
const [one, two, backup, other] = [1, 2, 3, 4].map((last) => `0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a1${last}`)
if (!one || !two || !backup || !other) throw new Error('four ids')
const member = (sourceId: string, backupId: string) => ({
  sourceId,
  name: 'orders',
  engine: 'postgres',
  backupId,
  folder: backupFolder(sourceId, backupId, at),
  manifestSha256: 'a'.repeat(64),
})
const manifest = {
  format: 'holdfast-set',
  version: 1,
  instanceId: 'instance',
  backupId: other,
  set: { id: other, name: 'shop' },
  startedAt: '2026-11-21T02:00:00.000Z',
  finishedAt: '2026-11-21T02:05:00.000Z',
  members: [member(one, backup), member(two, other)],
  facts: {},
  howToRestore: ['Restore orders first'],
}

it('the manifest of a set names the backups of its members, in order', () => {
  expect(setManifestSchema.parse(manifest)).toEqual(manifest)
})

it.each<[string, object[]]>([
  ['no member', []],
  ['a member twice', [member(one, backup), member(one, other)]],
  ['a folder of another source', [{ ...member(one, backup), folder: backupFolder(two, backup, at) }]],
  ['a folder of another backup', [{ ...member(one, backup), folder: backupFolder(one, other, at) }]],
  ['a folder inside of a backup', [{ ...member(one, backup), folder: `${backupFolder(one, backup, at)}x/` }]],
  ['a folder without its end', [{ ...member(one, backup), folder: backupFolder(one, backup, at).slice(0, -1) }]],
])('the manifest of a set with %s is refused', (_case, members) => {
  expect(setManifestSchema.safeParse({ ...manifest, members }).success).toBe(false)
})
