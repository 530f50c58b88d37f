import { makeRandom, type Random } from '../../random'
import { builtInFamilies, type Family } from './families'
import { type Letters, makeNames, type Names, quote } from './names'

export interface Column {
  /** Quoted. */
  name: string
  family: Family
}

export interface Table {
  /** Qualified and quoted. */
  name: string
  /** A column of type integer with values from 1 to `rows`; it is the primary key. */
  key: string
  rows: number
  unlogged: boolean
  columns: Column[]
}

/** A database while it is drawn up. */
export interface Draft {
  random: Random
  names: Names
  letters: Letters
  encoding: string
  major: number
  /** Of the database, quoted. */
  database: string
  /** Quoted; they belong to this database alone. */
  roles: string[]
  /** Quoted. */
  schemas: string[]
  families: Family[]
  tables: Table[]
  /** Filled materialized views and views, qualified. */
  views: string[]
  /** Statements that come last, because they close the door. */
  last: string[]
  add(...sql: string[]): void
  /** True once in so many times. */
  oneIn(times: number): boolean
  /** So many of them at most, each once. */
  some<T>(items: readonly T[], most: number): T[]
  /** A new name in one of the schemas. */
  inSchema(): string
}

export interface DraftOptions {
  seed: number
  name: string
  encoding: string
  letters: Letters
  major: number
}

export function makeDraft(options: DraftOptions, statements: string[]): Draft {
  const random = makeRandom(options.seed)
  const names = makeNames(random, options.letters)
  const draft: Draft = {
    random,
    names,
    letters: options.letters,
    encoding: options.encoding,
    major: options.major,
    database: quote(options.name),
    roles: [],
    schemas: [],
    families: builtInFamilies(options.letters),
    tables: [],
    views: [],
    last: [],
    add: (...sql) => void statements.push(...sql),
    oneIn: (times) => random.below(times) === 0,
    some: (items, most) => random.shuffled(items).slice(0, random.below(most + 1)),
    inSchema: () => `${random.pick(draft.schemas)}.${names.fresh()}`,
  }
  return draft
}

/** A function's text between marks that it does not hold. */
export function body(sql: string): string {
  return `$generated$${sql}$generated$`
}
