import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import type { Lab } from '../recovery/lab'
import {
  changeByte,
  checkIn,
  cutShort,
  damaging,
  fileOf,
  openProving,
  type Proving,
  remove,
  setByte,
  swapPages,
  verdicts,
} from './proving'

const sound = {
  'files-as-listed': 'passed',
  'target-reached': 'passed',
  'databases-open': 'passed',
  'catalogs-readable': 'passed',
  'relations-present': 'passed',
}

async function fill({ primary }: Lab): Promise<void> {
  await primary.sql('CREATE DATABASE shop')
  await primary.sql('CREATE DATABASE other')
  await primary.sql(
    `CREATE TABLE torn AS SELECT g AS id, repeat('x', 200) AS text FROM generate_series(1, 2000) g;
     CREATE TABLE shorter AS SELECT g AS id, repeat('x', 200) AS text FROM generate_series(1, 2000) g;
     ALTER TABLE shorter ADD PRIMARY KEY (id);
     CREATE TABLE removed (id int); INSERT INTO removed VALUES (1);
     CREATE TABLE swapped AS SELECT g AS id FROM generate_series(1, 5000) g; CREATE INDEX swapped_id ON swapped (id);
     CREATE TABLE heap AS SELECT g AS id, repeat('x', 200) AS text FROM generate_series(1, 2000) g;
     CREATE TABLE toasted (id int, text text); ALTER TABLE toasted ALTER text SET STORAGE EXTERNAL;
     INSERT INTO toasted SELECT g, repeat('x', 5000) FROM generate_series(1, 100) g;
     CREATE TABLE fine AS SELECT 1 AS id`,
    'shop',
  )
  await primary.sql('VACUUM (FREEZE, ANALYZE)', 'shop')
  await primary.sql('CREATE TABLE fine AS SELECT 1 AS id', 'other')
  // Would hide damage from the reader.
  await primary.sql(
    'ALTER DATABASE shop SET zero_damaged_pages = on; ALTER DATABASE shop SET ignore_checksum_failure = on',
  )
}

describe.each([15, 17] as const)('the restore test of a base backup of a damaged PostgreSQL %i', (major) => {
  let proving: Proving | undefined
  afterEach(async () => {
    await proving?.close()
    proving = undefined
  })

  const opened = async (
    initdb: string[],
    files: Record<string, string>,
    damage: (place: (name: string) => string) => void,
  ) => {
    const places: Record<string, string> = {}
    proving = await openProving(
      { major, initdb },
      async (lab) => {
        await fill(lab)
        for (const [name, relation] of Object.entries(files)) places[name] = await fileOf(lab, relation)
        const [other] = await lab.primary.sql(`SELECT 'base/' || oid AS path FROM pg_database WHERE datname = 'other'`)
        places.other = String(other?.path)
        await damaging(lab, (place) => damage((name) => place(places[name] ?? name)))
      },
      30,
    )
    return { proving, places }
  }

  it('finds files that are cut short or missing, at the standard level', async () => {
    const files = { torn: 'torn', shorter: 'shorter', removed: 'removed', gap: 'fine' }
    const { proving, places } = await opened([], files, (place) => {
      cutShort(place('torn'), 3 * 8192 + 100)
      cutShort(place('shorter'), 10 * 8192)
      remove(place('removed'))
      // The third gigabyte is there, and the rest of the first and the second are not.
      writeFileSync(`${place('gap')}.2`, Buffer.alloc(8192))
    })
    const proof = await proving.prove()
    expect(verdicts(proof)).toEqual({ ...sound, 'relations-present': 'failed' })
    const { detail = '', expected, actual } = checkIn(proof, 'relations-present')
    expect(detail).toContain(`public.torn in shop: its file ${places.torn} ends within a page`)
    expect(detail).toMatch(/public\.shorter in shop: it has 10 pages, and had \d+ .*could not read blocks? \d+/)
    expect(detail).toContain(`public.removed in shop: its file ${places.removed} is missing`)
    expect(detail).toContain(`public.fine in shop: a segment of its file ${places.gap} is missing`)
    // The store is not to blame: the server sent it so.
    expect(detail).toContain('look for the same in the source')
    expect(Number(expected) - Number(actual)).toBe(4)
  })

  it('finds a database that cannot be opened, and looks at the others', async () => {
    const { proving, places } = await opened([], {}, (place) => remove(path.join(place('other'), 'pg_filenode.map')))
    const expectations = postgresOptionsSchema.parse({ criticalTables: ['fine'] })
    const proof = await proving.prove({ expectations })
    expect(verdicts(proof)).toEqual({ ...sound, 'databases-open': 'failed', 'critical-table': 'passed' })
    expect(checkIn(proof, 'databases-open').detail).toContain(`other: could not open file "${places.other}`)
  })

  it('finds what only a look at every page, row and index shows, where pages have no checksums', async () => {
    const files = { swapped: 'swapped_id', heap: 'heap', toasted: 'toasted' }
    const { proving } = await opened([], files, (place) => {
      swapPages(place('swapped'), 2, 4)
      // The length of the header of a row's first version, in the middle of the table.
      const at = 5 * 8192
      const item = readFileSync(place('heap')).readUInt16LE(at + 24) & 0x7fff
      changeByte(place('heap'), at + item + 22, 0x40)
      // The number of a value that is kept out of line: the last bytes of the row.
      const row = readFileSync(place('toasted')).readUInt16LE(24) & 0x7fff
      changeByte(place('toasted'), row + 24 + 4 + 10)
    })
    expect(verdicts(await proving.prove())).toEqual(sound)
    const proof = await proving.prove({ level: 'comprehensive' })
    expect(verdicts(proof)).toEqual({
      ...{ ...sound, 'rows-readable': 'failed', 'indexes-sound': 'failed', 'heap-sound': 'failed' },
      'page-checksums': 'passed',
    })
    expect(checkIn(proof, 'indexes-sound').detail).toContain('swapped_id')
    expect(checkIn(proof, 'rows-readable').detail).toMatch(
      /public\.toasted in shop: missing chunk number 0 for toast value/,
    )
    expect(checkIn(proof, 'heap-sound').detail).toMatch(/public\.heap in shop: \(5,1\)/)
    expect(checkIn(proof, 'page-checksums')).toMatchObject({ expected: 'no checksums', actual: 'no checksums' })
  })

  it('finds a catalog that crashes the server when it is read, and says so of the catalog', async () => {
    const files = { description: 'pg_description' }
    const { proving } = await opened([], files, (place) => {
      // The length of the first text, which leads far beyond its page.
      const row = readFileSync(place('description')).readUInt16LE(24) & 0x7fff
      setByte(place('description'), row + 36, 0x40)
    })
    const proof = await proving.prove()
    expect(verdicts(proof)).toEqual({ ...sound, 'catalogs-readable': 'failed', 'relations-present': 'inconclusive' })
    const { detail } = checkIn(proof, 'catalogs-readable')
    expect(detail).toMatch(/pg_description in shop: the server crashed when it read this .*signal 11/)
    expect(proof.evidence.crash).toContain('signal 11')
  })

  it('says of pages that were damaged on the server already that the backup is as the source was (fault 95)', async () => {
    const { proving, places } = await opened(['--data-checksums'], { heap: 'heap' }, (place) =>
      changeByte(place('heap'), 5 * 8192 + 4000),
    )
    expect(proving.taken.facts.damagedPages).toEqual([{ file: places.heap, block: 5 }])
    const proof = await proving.prove()
    expect(verdicts(proof)).toEqual({ ...sound, 'page-checksums': 'failed' })
    const { detail } = checkIn(proof, 'page-checksums')
    expect(detail).toContain(`the backup is as the source was: ${places.heap} block 5`)
    const deep = await proving.prove({ level: 'comprehensive' })
    expect(verdicts(deep)).toMatchObject({
      'rows-readable': 'failed',
      'heap-sound': 'failed',
      'indexes-sound': 'passed',
    })
    expect(checkIn(deep, 'rows-readable').detail).toContain('the backup is as the source was')
  })
})
