import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TableData, TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { ArchiveWalker } from '@/lib/engines/postgres/logical/archive/archive-walker'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { nastyDatabase } from '@/test/helpers/databases/postgres-content'

const bin = '/usr/lib/postgresql/15/bin'

async function walk(bytes: Buffer, chunkSize = 65_536) {
  const entries: TocEntry[] = []
  const tables: TableData[] = []
  const walker = new ArchiveWalker({
    hashRows: true,
    onEntry: (entry) => entries.push(entry),
    onTable: (table) => tables.push(table),
  })
  let passed = 0
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      passed += chunk.length
      done()
    },
  })
  const chunks = function* () {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
  }
  await pipeline(Readable.from(chunks()), walker, out)
  return { entries, tables, passed, summary: walker.summary() }
}

describe('the walker of custom archives', () => {
  let pg: TestPostgres
  let archive: Buffer
  let small: Buffer

  const dump = (database: string, ...args: string[]) =>
    execFileSync(
      `${bin}/pg_dump`,
      ['-h', pg.socketDir, '-p', String(pg.port), '-U', 'postgres', '-Fc', ...args, database],
      {
        maxBuffer: 1e9,
      },
    )

  beforeAll(async () => {
    pg = await startPostgres()
    await pg.sql('CREATE DATABASE nasty')
    await nastyDatabase(await pg.connect('nasty'))
    archive = dump('nasty', '-Z0')
    await pg.sql('CREATE DATABASE small')
    await pg.sql(
      `CREATE TABLE a AS SELECT i, repeat('x', i) t FROM generate_series(1, 9) i; CREATE TABLE b (i int); SELECT lo_from_bytea(0, 'abc'); SELECT lo_from_bytea(0, '')`,
      'small',
    )
    small = dump('small', '-Z0')
  })
  afterAll(() => pg?.close())

  it('lists what pg_restore lists', async () => {
    const { entries, summary, passed } = await walk(archive)
    const file = path.join(pg.socketDir, 'archive.dump')
    writeFileSync(file, archive)
    const listed = execFileSync(`${bin}/pg_restore`, ['-l', file], { encoding: 'utf8' })
    const header = /TOC Entries: (\d+)/.exec(listed)?.[1]
    expect(summary.entries).toBe(Number(header))
    expect(passed).toBe(archive.length)
    const ids = [...listed.matchAll(/^(\d+); /gm)].map((match) => Number(match[1]))
    const known = new Set(entries.map((entry) => entry.dumpId))
    expect(ids.filter((id) => !known.has(id))).toEqual([])
    expect(entries.map((entry) => entry.type)).toEqual(
      expect.arrayContaining(['TABLE DATA', 'EVENT TRIGGER', 'ACL', 'BLOBS']),
    )
    expect(summary.header).toMatchObject({ format: '1.14', database: 'nasty', plainData: true })
    expect(summary.largeObjects).toBe(3)
  })

  it('counts exactly the rows that the tables have', async () => {
    const { entries, tables } = await walk(archive)
    expect(tables.length).toBeGreaterThan(15)
    for (const table of tables) {
      const entry = entries.find((candidate) => candidate.dumpId === table.dumpId)
      const name = [entry?.schema ?? '', entry?.name ?? ''].map((part) => `"${part.replaceAll('"', '""')}"`).join('.')
      const [row] = await pg.sql(`SET row_security = off; SELECT count(*)::int AS count FROM ONLY ${name}`, 'nasty')
      expect({ name, rows: table.rows }).toEqual({ name, rows: row?.count })
    }
  })

  it('finds the same in chunks of any size', async () => {
    const whole = await walk(small)
    for (const size of [1, 2, 3, 5, 7, 64, 1000]) {
      const pieces = await walk(small, size)
      expect(pieces.tables).toEqual(whole.tables)
      expect(pieces.entries).toEqual(whole.entries)
      expect(pieces.summary).toEqual(whole.summary)
    }
  })

  it('refuses an archive cut at any byte (fault 3)', async () => {
    for (let length = 0; length < small.length; length += length < 600 ? 1 : 13) {
      await expect(walk(small.subarray(0, length), 4096), `cut at ${length}`).rejects.toMatchObject({
        code: 'producer-truncated',
      })
    }
    for (let behind = 1; behind < 200; behind += 1) {
      await expect(walk(small.subarray(0, small.length - behind), 4096)).rejects.toMatchObject({
        code: 'producer-truncated',
      })
    }
  })

  it('refuses anything behind the end, an empty input and other formats', async () => {
    for (const bytes of [
      Buffer.concat([small, Buffer.from([0])]),
      Buffer.concat([small, small]),
      Buffer.from('-- PostgreSQL database dump\n'),
      Buffer.alloc(0),
    ]) {
      await expect(walk(bytes)).rejects.toMatchObject({ code: 'producer-truncated' })
    }
  })

  it('follows compressed archives to their end without counting', async () => {
    const { summary, tables } = await walk(dump('small', '-Z5'))
    expect(summary).toMatchObject({ dataBlocks: 3, largeObjects: 2, header: { plainData: false } })
    expect(tables).toEqual([])
  })
})
