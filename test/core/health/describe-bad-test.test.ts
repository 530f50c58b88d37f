import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Check } from '@/lib/contracts/backup'
import { describeBadTest } from '@/lib/core/verdict/describe-bad-test'

const passed = (name: string): Check => ({ name, verdict: 'passed' })
const failed = (name: string): Check => ({ name, verdict: 'failed', detail: `what ${name} saw` })
const remedyOf = (...checks: Check[]) => describeBadTest(checks, 'failed').remedy ?? ''

const takeNew = /take a new backup/
const failsAgain = /fails? in the same way/

describe('what to do about a restore test that failed', () => {
  it.each([
    'copies',
    'copy-reads-back',
    'copy-present',
    'chain-present',
    'archive-readable',
    'files-as-listed',
    'target-reached',
  ])('%s: the files are at fault, and a new backup helps', (name) => {
    expect(remedyOf(passed('row-counts'), failed(name))).toMatch(takeNew)
    expect(remedyOf(failed(name))).not.toMatch(failsAgain)
  })

  it.each([
    'restores-without-errors',
    'indexes-sound',
    'databases-open',
    'catalogs-readable',
    'relations-present',
    'rows-readable',
    'heap-sound',
    'page-checksums',
  ])('%s: the source is to be mended, since a new backup would fail in the same way', (name) => {
    expect(remedyOf(passed('copy-present'), failed(name))).toMatch(failsAgain)
    expect(remedyOf(failed(name))).toMatch(/mend what is named here in the source/)
    expect(remedyOf(failed(name))).not.toMatch(takeNew)
  })

  it.each(['sql-assertion', 'critical-table'])('%s: the source is asked the same', (name) => {
    expect(remedyOf(failed(name))).toMatch(/Ask the source the same/)
    expect(remedyOf(failed(name))).toMatch(failsAgain)
    expect(remedyOf(failed(name))).not.toMatch(takeNew)
  })

  it.each([
    'object-inventory',
    'row-counts',
    'sequence-values',
    'large-objects',
    'materialized-views',
    'constraints-validated',
    'content-hashes',
  ])('%s: another backup is tested first, and a new one taken only when that is better', (name) => {
    expect(remedyOf(failed(name))).toMatch(/Test another one: if the same differs there.*; if not, take a new backup/)
  })

  it('what the files are comes before what was restored from them, and differences before expectations', () => {
    expect(remedyOf(failed('sql-assertion'), failed('restores-without-errors'), failed('archive-readable'))).toMatch(
      /stored files are at fault/,
    )
    expect(remedyOf(failed('sql-assertion'), failed('row-counts'))).toMatch(/Do not rely on this backup/)
  })

  it('every failed check is told, and of an undecided test what could not be decided', () => {
    const { message } = describeBadTest([failed('row-counts'), passed('copies'), failed('large-objects')], 'failed')
    expect(message).toContain('row-counts: what row-counts saw; large-objects: what large-objects saw')
    expect(message).not.toContain('copies')
    const undecided: Check = { name: 'sandbox', verdict: 'inconclusive', detail: 'no room' }
    expect(describeBadTest([undecided], 'inconclusive')).toMatchObject({
      message: expect.stringContaining('sandbox: no room'),
      remedy: 'Remove the cause and test again.',
    })
  })
})

/** Texts of the code with their lines; tests and generated files do not count. */
async function texts(folder: string): Promise<{ file: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  const names = files.map((entry) => path.join(entry.parentPath, entry.name)).filter((name) => !/generated/.test(name))
  return Promise.all(names.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
}

describe('advice to take another backup', () => {
  /** Where it is given, and why a new one need not end in the same way. */
  const reasons: Record<string, string> = {
    'lib/contracts/errors/backup.ts':
      'a dump that was cut off; the last good backup is only deleted when there is another',
    'lib/contracts/errors/restore.ts': 'after the source was mended',
    'lib/core/verdict/describe-bad-test.ts': 'by the cause of the failed check, see above',
    'lib/engines/postgres/logical/archive/archive-error.ts': 'while it is written: the tool was cut off',
    'lib/engines/postgres/logical/dump/dump-error.ts': 'after the value that cannot be read was mended',
    'lib/engines/postgres/logical/restore/restore-trouble.ts': 'after the object was mended in the source',
    'lib/services/backup/delete-backup.ts': 'the last good one is only deleted when there is another',
    'lib/vault/recovery-kit.ts': 'a folder without a manifest is no finished backup',
  }

  it('is given only where the reason is known', async () => {
    const advice =
      /(?:take|make|run) (?:a new|another|a fresh) backup|backs? up (?:and test )?again|take (?:a new|another) one/i
    const found = (await Promise.all(['lib', 'worker', 'components'].map(texts)))
      .flat()
      .filter(({ text }) => advice.test(text))
      .map(({ file }) => file)
    expect(found.length).toBeGreaterThan(3)
    expect(found.filter((file) => !(file in reasons))).toEqual([])
  })

  it('behind a cause that lies in the source always names what to mend there first', async () => {
    const text = await readFile('lib/engines/postgres/logical/restore/restore-trouble.ts', 'utf8')
    const advice = [...text.matchAll(/'([^'\n]*back up again[^'\n]*)'/g)].map(([, said]) => said ?? '')
    expect(advice.length).toBeGreaterThan(4)
    for (const said of advice) expect(said).toMatch(/(?:source|there).*back up again/)
  })
})
