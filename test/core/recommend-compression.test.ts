import { describe, expect, it } from 'vitest'
import type { MeasuredCompression } from '@/lib/contracts/compression-advice'
import { compressionLevels, usableLevel } from '@/lib/core/compression/levels'
import { recommendCompression } from '@/lib/core/compression/recommend-compression'

type Row = [name: string, ratio: number, megabytesPerSecond: number]

function measured(rows: Row[]): MeasuredCompression[] {
  return rows.map(([name, ratio, speed]) => {
    const [compression = '', level = '1'] = name.split(' ')
    if (!(compression in compressionLevels)) throw new Error(`no compression ${compression}`)
    const known = compression as keyof typeof compressionLevels
    return { compression: known, level: Number(level), ratio, bytesPerSecond: speed * 1e6, measuredBytes: 64e6 }
  })
}

const tableData = measured([
  ['zstd 1', 4.6, 420],
  ['zstd 2', 4.9, 360],
  ['zstd 3', 5.1, 240],
  ['zstd 6', 5.6, 90],
  ['zstd 9', 5.8, 50],
  ['lz4 1', 2.9, 520],
  ['gzip 6', 4.7, 45],
  ['xz 1', 6.2, 20],
])
const source = 200e6

describe('the recommended compression', () => {
  it('is the one after which less size costs too much time', () => {
    const advice = recommendCompression({ measured: tableData, sourceBytesPerSecond: source })
    expect(advice).toMatchObject({
      compression: 'zstd',
      level: 2,
      sentence: 'Your data: zstd 2 gives 4.9x at 360 MB/s.',
      reason: 'It keeps up with the source, which delivered 200 MB/s. zstd 3 would store 4 % less, at 240 MB/s.',
    })
  })

  it('is a smaller one when a limit makes the upload set the pace', () => {
    const advice = recommendCompression({
      measured: tableData,
      sourceBytesPerSecond: source,
      rateLimitBytesPerSecond: 2e6,
    })
    expect(advice).toMatchObject({ compression: 'zstd', level: 9 })
    expect(advice?.reason).toContain('The upload limit of 2.0 MB/s sets the pace')
  })

  it('is not the fastest when the source is slow anyway', () => {
    const busy: Row[] = [
      ['zstd 1', 3.04, 19],
      ['zstd 2', 2.86, 25],
      ['lz4 1', 1.37, 108],
    ]
    const advice = recommendCompression({ measured: measured(busy), sourceBytesPerSecond: 16e6 })
    expect(advice).toMatchObject({ compression: 'zstd', level: 1 })
  })

  it('is none when the data does not compress', () => {
    const rows: Row[] = [
      ['zstd 1', 1.01, 900],
      ['zstd 9', 1.02, 60],
      ['lz4 1', 1, 1_500],
    ]
    const advice = recommendCompression({ measured: measured(rows), sourceBytesPerSecond: source })
    expect(advice).toMatchObject({ compression: 'none', sentence: expect.stringContaining('1.02x') })
  })

  it('says when the source is faster than what it recommends', () => {
    const advice = recommendCompression({ measured: tableData, sourceBytesPerSecond: 700e6 })
    expect(advice?.reason).toContain('The source delivers more (700 MB/s)')
  })

  it('never is one that is slower and larger than another', () => {
    for (const limit of [undefined, 1e6, 1e7, 1e8]) {
      const advice = recommendCompression({
        measured: tableData,
        sourceBytesPerSecond: null,
        rateLimitBytesPerSecond: limit,
      })
      expect(advice?.compression).not.toBe('gzip')
    }
  })

  it('is not given when nothing was measured', () => {
    expect(recommendCompression({ measured: [], sourceBytesPerSecond: null })).toBeNull()
  })
})

it('takes a level that is too high for the highest', () => {
  expect([usableLevel('gzip', 19), usableLevel('lz4', 19), usableLevel('zstd', 19)]).toEqual([9, 12, 19])
})
