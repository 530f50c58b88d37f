import { describe, expect, it } from 'vitest'
import { backupFolderOf } from '@/lib/core/repository/paths'
import { expectedFiles, judgeFolder } from '@/lib/core/storage-care/judge-folder'
import { coldestClass, isArchived } from '@/lib/core/storage-care/storage-class'

const id = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const folder = `holdfast/v1/${id}/20261121T020000Z-${id}/`
const hash = 'a'.repeat(64)
const part = {
  role: 'archive' as const,
  file: 'archive.dump.zst.age',
  sourceBytes: 9,
  sourceSha256: hash,
  storedBytes: 5,
  storedSha256: hash,
  compression: 'zstd' as const,
  encrypted: true,
  facts: {},
}
const encryption = {
  format: 'age' as const,
  keyFile: 'identity.age',
  recipient: 'x',
  wrappedFor: [],
  keySha256: hash,
}
const whole = [
  { file: 'archive.dump.zst.age', sizeBytes: 5 },
  { file: 'identity.age', sizeBytes: 200 },
  { file: 'manifest.json', sizeBytes: 900 },
  { file: 'manifest.sig.json', sizeBytes: 700 },
]

describe('a folder as a listing shows it', () => {
  const expected = expectedFiles({ parts: [part], encryption }, { signed: true })

  it('is whole with every object in its size', () => {
    expect(judgeFolder(whole, expected)).toEqual({ whole: true, unknown: [] })
  })

  it.each(whole.map(({ file }) => file))('is not whole without %s', (file) => {
    expect(
      judgeFolder(
        whole.filter((object) => object.file !== file),
        expected,
      ).whole,
    ).toBe(false)
  })

  it('is not whole when an object is shorter, and names what is not its own', () => {
    const objects = [
      { file: 'archive.dump.zst.age', sizeBytes: 4 },
      ...whole.slice(1),
      { file: 'notes.txt', sizeBytes: 1 },
    ]
    expect(judgeFolder(objects, expected)).toEqual({ whole: false, unknown: ['notes.txt'] })
  })

  it('is whole without a signature when it is from before signing, and a signature is then not its own (security 7)', () => {
    const before = expectedFiles({ parts: [part], encryption }, { signed: false })
    expect(judgeFolder(whole.slice(0, 3), before)).toEqual({ whole: true, unknown: [] })
    expect(judgeFolder(whole, before).unknown).toEqual(['manifest.sig.json'])
  })

  it('owns the guide that its manifest names, in its size, and is whole without it', () => {
    const restoreGuide = { file: 'RESTORE.md', storedBytes: 3000, storedSha256: hash }
    const guided = expectedFiles({ parts: [part], encryption, restoreGuide }, { signed: true })
    const guide = { file: 'RESTORE.md', sizeBytes: 3000 }
    expect(judgeFolder([...whole, guide], guided)).toEqual({ whole: true, unknown: [] })
    expect(judgeFolder(whole, guided)).toEqual({ whole: true, unknown: [] })
    expect(judgeFolder([...whole, { ...guide, sizeBytes: 2999 }], guided).unknown).toEqual(['RESTORE.md'])
    expect(judgeFolder([...whole, guide], expected).unknown).toEqual(['RESTORE.md'])
  })

  it('owns the keys that were wrapped later for a new kit, where there is a key at all (security 5)', () => {
    const later = { file: 'identity-0a1b2c3d4e5f.age', sizeBytes: 200 }
    expect(judgeFolder([...whole, later], expected)).toEqual({ whole: true, unknown: [] })
    expect(judgeFolder([...whole, { ...later, file: 'identity-x.age' }], expected).unknown).toEqual(['identity-x.age'])
    const open = expectedFiles({ parts: [part], encryption: null }, { signed: true })
    expect(judgeFolder([later], open).unknown).toEqual([later.file])
  })

  it('is told by its layout alone', () => {
    expect(backupFolderOf(`${folder}manifest.json`)).toEqual({ folder, backupId: id })
    for (const key of [folder, 'holdfast/v1/x', `holdfast/v1/${id}/latest/manifest.json`, `${folder.slice(9)}x`]) {
      expect(backupFolderOf(key)).toBeNull()
    }
  })
})

describe('the storage class of a copy', () => {
  it('is that of its slowest object', () => {
    expect(coldestClass('s3', ['STANDARD', 'DEEP_ARCHIVE', 'GLACIER', undefined])).toBe('DEEP_ARCHIVE')
    expect(coldestClass('s3', ['STANDARD', 'STANDARD_IA'])).toBe('STANDARD_IA')
    expect(coldestClass('s3', [undefined])).toBeNull()
  })
  it('says nothing where the kind of destination is of a later version', () => {
    expect(isArchived('later', 'GLACIER')).toBe(false)
    expect(coldestClass('later', ['COLD'])).toBe('COLD')
  })
  it('must be brought back when it is an archive, which instant retrieval is not', () => {
    expect(['GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR', 'STANDARD', null].map((name) => isArchived('s3', name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
