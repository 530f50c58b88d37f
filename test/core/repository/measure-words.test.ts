import { describe, expect, it } from 'vitest'
import { amountInWords, measureTitle, thereIs } from '@/lib/contracts/repository/measure-words'
import { measureSchema } from '@/lib/contracts/repository/measure'

describe('words of a measure', () => {
  it.each([
    ['rows', 'Rows, about', '1 row', '2,500 rows'],
    ['tables', 'Tables', '1 table', '2,500 tables'],
    ['databases', 'Databases', '1 database', '2,500 databases'],
    ['keys', 'Keys', '1 key', '2,500 keys'],
    ['files', 'Files', '1 file', '2,500 files'],
    ['folders', 'Folders', '1 folder', '2,500 folders'],
    // Names that nobody has given words yet.
    ['hash-fields', 'Hash fields', '1 hash field', '2,500 hash fields'],
    ['collections', 'Collections', '1 collection', '2,500 collections'],
    ['index-entries', 'Index entries', '1 index entry', '2,500 index entries'],
    ['storage-classes', 'Storage classes', '1 storage class', '2,500 storage classes'],
    ['indexes', 'Indexes', '1 index', '2,500 indexes'],
    ['caches', 'Caches', '1 cache', '2,500 caches'],
    ['data', 'Data', '1 data', '2,500 data'],
  ])('%s read well', (name, title, one, many) => {
    expect(measureSchema.shape.name.parse(name)).toBe(name)
    expect(measureTitle(name)).toBe(title)
    expect(amountInWords({ name, unit: 'count', value: 1 })).toBe(one)
    expect(amountInWords({ name, unit: 'count', value: 2_500 })).toBe(many)
  })

  it('go with the number, and say what is only estimated', () => {
    expect(thereIs({ name: 'rows', unit: 'count', value: 0 })).toBe('There are about 0 rows')
    expect(thereIs({ name: 'folders', unit: 'count', value: 1 })).toBe('There is 1 folder')
    expect(thereIs({ name: 'large-objects', unit: 'bytes', value: 1_536 })).toBe('There is 1.5 KiB of large objects')
  })
})
