import { makeRandom } from '../../random'
import { body, makeDraft } from './draft'
import { drawExtensions } from './extensions'
import { drawFamiliesOfTables } from './families-of-tables'
import { drawKeys } from './keys'
import type { Letters } from './names'
import { drawOutside } from './outside'
import { drawPrograms } from './programs'
import { drawRights, drawRoles } from './roles'
import { drawSettings } from './settings'
import { drawTables } from './tables'
import { drawTrap } from './traps'
import { drawTypes } from './types'
import { drawViews } from './views'

/** A database that a seed makes, and makes again. */
export interface GeneratedDatabase {
  seed: number
  name: string
  encoding: string
  /** Behind CREATE DATABASE name TEMPLATE template0. */
  like: string
  /** For psql, in this encoding. */
  script: Buffer
  clientEncoding: string
}

const utf8: Letters = { words: ['Ünïcödé', '日本語', '🦊', 'ı́‮', 'ß', '\u00a0'], raw: false }
const latin1: Letters = { words: ['Größe', 'ñandú', 'ÿ', '\u00a0'], raw: false }

const kinds: { encoding: string; locale: string; letters: Letters; from?: number }[] = [
  { encoding: 'UTF8', locale: `LOCALE 'C.UTF-8'`, letters: utf8 },
  { encoding: 'UTF8', locale: `LOCALE 'C.UTF-8'`, letters: utf8 },
  { encoding: 'UTF8', locale: `LOCALE 'C'`, letters: utf8 },
  { encoding: 'UTF8', locale: `LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`, letters: utf8 },
  { encoding: 'UTF8', locale: `LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kn-true' LOCALE 'C.UTF-8'`, letters: utf8 },
  { encoding: 'UTF8', locale: `LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C'`, letters: utf8 },
  {
    encoding: 'UTF8',
    locale: `LOCALE_PROVIDER icu ICU_LOCALE 'und' ICU_RULES '&a < g' LOCALE 'C'`,
    letters: utf8,
    from: 16,
  },
  { encoding: 'UTF8', locale: `LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`, letters: utf8, from: 17 },
  { encoding: 'LATIN1', locale: `LOCALE 'C'`, letters: latin1 },
  { encoding: 'LATIN1', locale: `LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'`, letters: latin1 },
  { encoding: 'LATIN9', locale: `LOCALE 'C'`, letters: { words: ['œuvre', '€', 'Šž'], raw: false } },
  { encoding: 'WIN1252', locale: `LOCALE 'C'`, letters: { words: ['“quoted”', '€—', 'Ÿ'], raw: false } },
  { encoding: 'KOI8R', locale: `LOCALE 'C'`, letters: { words: ['имя', 'Ж'], raw: false } },
  { encoding: 'EUC_JP', locale: `LOCALE 'C'`, letters: { words: ['日本語', 'かな', '表'], raw: false } },
  {
    encoding: 'SQL_ASCII',
    locale: `LOCALE 'C'`,
    letters: { words: ['caf\u00e9', '\u0080\u00ff', 'Stra\u00dfe'], raw: true },
  },
]

const databaseNames = [
  'plain',
  'Mixed Case',
  'quo"te',
  "it's",
  'per%cent',
  'back\\slash',
  '-dash',
  'host=x',
  'a.b',
  ' ',
]

export function generateDatabase(seed: number, major: number): GeneratedDatabase {
  const random = makeRandom(seed)
  const { encoding, locale, letters } = random.pick(kinds.filter(({ from = 0 }) => from <= major))
  const name = `${random.pick(encoding === 'UTF8' ? [...databaseNames, 'ünï', '日本'] : databaseNames)} ${seed}`
  const statements: string[] = []
  const draft = makeDraft({ seed: random.below(2 ** 31), name, encoding, letters, major }, statements)
  drawRoles(draft, `g${seed}`)
  drawSchemas(draft)
  drawSettings(draft)
  draft.add('\\connect -', ...session)
  drawTypes(draft)
  drawTables(draft)
  drawFamiliesOfTables(draft)
  drawPrograms(draft)
  drawExtensions(draft)
  drawKeys(draft)
  drawViews(draft)
  drawOutside(draft)
  if (draft.oneIn(8)) drawTrap(draft)
  drawRights(draft)
  draft.add(...draft.last)
  const script = `${[...session, ...statements].map((sql) => (sql.startsWith('\\') ? sql : `${sql};`)).join('\n')}\n`
  return {
    seed,
    name,
    encoding,
    like: `ENCODING '${encoding}' ${locale}`,
    script: Buffer.from(script, letters.raw ? 'latin1' : 'utf8'),
    clientEncoding: letters.raw ? 'SQL_ASCII' : 'UTF8',
  }
}

/** What the script itself is read with, whatever the database's own settings are. */
const session = [
  'SET standard_conforming_strings = on',
  'SET client_min_messages = error',
  'SET check_function_bodies = off',
  'SET backslash_quote = safe_encoding',
  'SET statement_timeout = 0',
  'SET xmloption = content',
  // pg_partman does not work with it.
  'SET quote_all_identifiers = off',
]

function drawSchemas(draft: ReturnType<typeof makeDraft>): void {
  const { random, schemas } = draft
  const count = 1 + random.below(3)
  for (let number = 0; number < count; number += 1) {
    const schema = draft.names.fresh()
    const owner = draft.oneIn(3) ? ` AUTHORIZATION ${random.pick(draft.roles)}` : ''
    schemas.push(schema)
    draft.add(`CREATE SCHEMA ${schema}${owner}`)
  }
  // Extensions need one of that name.
  const fate = random.below(6)
  if (fate === 0) draft.add(`ALTER SCHEMA public OWNER TO ${random.pick(draft.roles)}`)
  if (fate === 1) draft.add('DROP SCHEMA public', `CREATE SCHEMA public`)
  if (fate === 2) draft.add('GRANT ALL ON SCHEMA public TO PUBLIC', `COMMENT ON SCHEMA public IS 'ours'`)
  if (fate === 3) draft.add('REVOKE ALL ON SCHEMA public FROM PUBLIC', 'COMMENT ON SCHEMA public IS NULL')
  if (fate === 4)
    draft.last.push(
      `DO ${body('BEGIN DROP SCHEMA public; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END')}`,
    )
  if (fate > 1) schemas.push('public')
}
