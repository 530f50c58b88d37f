import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { howToRestore } from '@/lib/engines/postgres/logical/export/how-to-restore'
import { stepLines } from '@/lib/core/repository/hand-step'
import type { StoredFile } from '@/lib/core/repository/hand-reading'
import { commandsOf } from '../../../helpers/databases/hand-commands'

const stored = (role: StoredFile['role'], file: string): StoredFile => ({
  role,
  file,
  compression: 'none',
  encrypted: false,
})
const archive = stored('archive', 'archive.dump')
const data = stored('data', 'data-1.dump')
const of = (database: string) => ({
  method: 'logical' as const,
  tool: { name: 'pg_dump', version: '17.5 (Debian 17.5-1)' },
  source: { id: 'a', name: 'a', engine: 'postgres' as const, label: database },
})
const commandsFor = (files: StoredFile[], database = 'shop') => commandsOf(stepLines(howToRestore(files, of(database))))

describe('the commands for a restore by hand', () => {
  it.each([
    ['shop', 'shop'],
    ['-shop', "dbname='-shop'"],
    ['my shop', "dbname='my shop'"],
    [`it's "x"=\\ü`, `dbname='it\\'s "x"=\\\\ü'`],
    ["two\nlines'", "dbname='two\nlines\\''"],
    ['$(touch x)`y`', "dbname='$(touch x)`y`'"],
  ])('name the database %j to bash and to libpq', (database, parameter) => {
    const last = commandsFor([archive, data], database).at(-1) ?? ''
    expect(last).not.toContain('\n')
    const typed = execFileSync('bash', ['-c', `pg_restore() { printf '%s\\0' "$@"; }; ${last}`], { encoding: 'utf8' })
    const words = typed.split('\0')
    expect(words[words.indexOf('-d') + 1]).toBe(parameter)
  })

  it('read plain files where they are, and never write over one', () => {
    const commands = commandsFor([archive, data]).join('\n')
    expect(commands).not.toContain('>')
    expect(commands).toContain('--section=post-data -d shop archive.dump')
  })

  it('ask for the tools that read this backup, in the version that wrote it', () => {
    const sealed = { ...archive, file: 'archive.dump.xz.age', compression: 'xz', encrypted: true }
    const [needed] = howToRestore([sealed], of('shop'))
    expect(needed?.say).toContain('PostgreSQL client programs of version 17 or newer, age, xz;')
    expect(howToRestore([archive], of('shop'))[0]?.say).toContain('of version 17 or newer;')
  })

  it('have no colon but the one before what is typed', () => {
    for (const step of howToRestore([archive, data, stored('globals', 'globals.sql')], of('shop')))
      expect(step.say).not.toContain(':')
  })
})
