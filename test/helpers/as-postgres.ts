/** A source, stored or entered, that is known to be one of PostgreSQL: its connection and options are typed so. */
export function asPostgres<T extends { engine: string }>(source: T): Extract<T, { engine: 'postgres' }> {
  if (isPostgres(source)) return source
  throw new TypeError(`A source of PostgreSQL was expected, not one of ${source.engine}`)
}

const isPostgres = <T extends { engine: string }>(source: T): source is Extract<T, { engine: 'postgres' }> =>
  source.engine === 'postgres'
