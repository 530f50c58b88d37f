import { describe, expect, it } from 'vitest'
import { judgeSource, type FoundBackup, type FoundList } from '@/lib/core/signature/judge-source'

const hash = (letter: string) => letter.repeat(64)
const letters = 'abcdefgh'
const folder = (sequence: number) => `holdfast/v1/s/${sequence}/`

/** Backups 1 to n, each following the one before; `skip` were never committed. */
function chain(n: number, skip: number[] = []): FoundBackup[] {
  const found: FoundBackup[] = []
  let previous: { sequence: number; sha256: string } | null = null
  for (let sequence = 1; sequence <= n; sequence += 1) {
    if (skip.includes(sequence)) continue
    const own = { sequence, sha256: hash(letters.charAt(sequence)) }
    const place = { folder: folder(sequence), manifestSha256: hash(String(sequence)) }
    found.push({ ...place, signature: { ...own, previous, ...place } })
    previous = own
  }
  return found
}

function listOf(found: FoundBackup[], newestSequence: number): FoundList {
  return {
    number: 7,
    newestSequence,
    backups: found.map(({ folder: place, manifestSha256, signature }) => ({
      folder: place,
      manifestSha256,
      sequence: typeof signature === 'object' && signature ? signature.sequence : null,
      signatureSha256: typeof signature === 'object' && signature ? signature.sha256 : null,
    })),
  }
}

const without = (found: FoundBackup[], ...numbers: number[]) =>
  found.filter((backup) => !numbers.some((number) => backup.folder === folder(number)))
const changed = (found: FoundBackup[], number: number, change: Partial<FoundBackup>) =>
  found.map((backup) => (backup.folder === folder(number) ? { ...backup, ...change } : backup))
const old: FoundBackup = { folder: 'holdfast/v1/s/0/', manifestSha256: hash('0'), signature: null }
const all = chain(5)

describe('what a store alone says of its backups (security 7)', () => {
  it.each<[string, FoundBackup[], FoundList | null]>([
    ['everything is there', all, listOf(all, 5)],
    ['retention removed the first and one in the middle', without(all, 1, 3), listOf(without(all, 1, 3), 5)],
    ['newer backups follow the list', all, listOf(without(all, 4, 5), 3)],
    ['a run that failed burnt a number', chain(5, [4]), listOf(chain(3), 3)],
    ['a backup from before signing is listed', [old, ...all], listOf([old, ...all], 5)],
    ['everything was removed by retention', [], listOf([], 5)],
  ])('finds nothing when %s', (_case, found, list) => {
    expect(judgeSource(found, list)).toEqual([])
  })

  it.each<[string, FoundBackup[], FoundList | null, string[]]>([
    ['one in the middle was taken away', without(all, 3), listOf(all, 5), ['missing']],
    ['the newest was taken away', without(all, 5), listOf(all, 5), ['missing']],
    ['one behind the list was taken away', without(all, 4), listOf(chain(3), 3), ['gap']],
    ['the lists were taken away', all, null, ['no-list']],
    ['the lists and one in the middle were taken away', without(all, 3), null, ['no-list', 'gap']],
    ['a manifest was changed', changed(all, 2, { manifestSha256: hash('f') }), listOf(all, 5), ['changed', 'changed']],
    [
      'a manifest was changed, and there is no list',
      changed(all, 2, { manifestSha256: hash('f') }),
      null,
      ['changed', 'no-list', 'gap'],
    ],
    ['a signature was forged', changed(all, 5, { signature: 'no' }), listOf(all, 5), ['forged']],
    ['a signature was taken away', changed(all, 2, { signature: null }), listOf(all, 5), ['unsigned']],
    ['somebody put an unsigned backup there', [...all, { ...old, folder: folder(6) }], listOf(all, 5), ['unsigned']],
    [
      'a backup was copied to another folder',
      [...all, { ...old, folder: folder(6), signature: all[1]?.signature ?? null }],
      listOf(all, 5),
      ['changed'],
    ],
    [
      'a number was given twice',
      [
        ...all,
        ...changed(all.slice(4), 5, {
          folder: folder(9),
          signature: { sequence: 5, sha256: hash('x'), previous: null, folder: folder(9), manifestSha256: hash('5') },
        }),
      ],
      listOf(all, 4),
      ['forged'],
    ],
    [
      'the one before was replaced',
      changed(all, 4, {
        signature: { sequence: 4, sha256: hash('x'), previous: null, folder: folder(4), manifestSha256: hash('4') },
      }),
      listOf(chain(3), 3),
      ['forged'],
    ],
    [
      'an unsigned one from before signing was changed',
      [{ ...old, manifestSha256: hash('f') }],
      listOf([old], 0),
      ['changed'],
    ],
  ])('tells when %s', (_case, found, list, kinds) => {
    expect(judgeSource(found, list).map(({ kind, bad }) => (bad ? kind : `${kind}, explained`))).toEqual(kinds)
  })

  it('only notes a backup whose removal is not finished', () => {
    expect(judgeSource(all, listOf(without(all, 2), 5))).toMatchObject([{ kind: 'not-listed', bad: false }])
  })
})
