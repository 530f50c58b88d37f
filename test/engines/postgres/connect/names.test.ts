import { logical } from '@/lib/engines/postgres/logical/method'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

describe('names that look like options, commands or connection strings', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  beforeAll(async () => {
    pg = await startPostgres()
    dir = await tempDir('names')
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  it.each([
    ['an option', '--file=/tmp/hf', '-f'],
    ['a connection', "host=evil.example port=1 dbname='x'", 'postgresql://evil.example/x'],
    ['a command', '$(touch MARK)', '`touch MARK`; touch MARK'],
    ['a pattern', 'a*.b?', '*.*'],
  ])('stay names: %s (security 9)', async (label, database, table) => {
    const mark = path.join(dir.path, 'marked')
    const [name, entry] = [database, table].map((text) => text.replaceAll('MARK', 'marked'))
    await pg.sql(`CREATE DATABASE ${quoted(name ?? '')}`)
    await pg.sql(`CREATE TABLE ${quoted(entry ?? '')} AS SELECT 42 AS answer`, name)
    const folder = path.join(dir.path, label.replaceAll(' ', '-'))
    mkdirSync(folder)
    const source = pg.source({ connection: { database: name } })
    const backup = await takeBackup(logical, source, folder, makeTestRun())
    const target = { source, database: `${(name ?? '').slice(0, 40)} back`, owners: 'keep' as const }
    const { manifest, open, check } = backup
    await logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
    expect(await pg.sql(`SELECT answer FROM ${quoted(entry ?? '')}`, target.database)).toEqual([{ answer: 42 }])
    expect(existsSync(mark)).toBe(false)
    expect(existsSync('/tmp/hf')).toBe(false)
  })
})
