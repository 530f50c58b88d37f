import { type Draft, type Table } from './draft'

/** Indexes and foreign keys between tables that have rows already. */
export function drawKeys(draft: Draft): void {
  for (const table of draft.tables) for (const draw of draft.some(indexes, 4)) draw(draft, table)
  for (const table of draft.tables) if (draft.oneIn(2)) drawForeignKey(draft, table)
  if (draft.oneIn(3)) drawCircle(draft)
}

const indexes: ((draft: Draft, table: Table) => void)[] = [
  (draft, { name, key, columns }) => {
    const column = columns.find(({ family }) => family.ordered)
    if (!column) return
    const index = draft.names.fresh()
    draft.add(`CREATE UNIQUE INDEX ${index} ON ${name} (${key} DESC, ${column.name} NULLS FIRST)`)
    if (draft.oneIn(3)) draft.add(`ALTER TABLE ${name} CLUSTER ON ${index}`)
    if (draft.oneIn(3)) draft.add(`COMMENT ON INDEX ${name.slice(0, schemaLength(name))}.${index} IS 'an index'`)
  },
  (draft, { name, columns }) => {
    const column = columns.find(({ family }) => family.gin)
    if (column)
      draft.add(`CREATE INDEX ${draft.names.fresh()} ON ${name} USING gin (${column.name}) WITH (fastupdate = off)`)
  },
  (draft, { name, columns }) => {
    const column = columns.find(({ family }) => family.gist)
    if (column) draft.add(`CREATE INDEX ${draft.names.fresh()} ON ${name} USING gist (${column.name})`)
  },
  (draft, { name, key }) =>
    draft.add(`CREATE INDEX ${draft.names.fresh()} ON ${name} USING brin (${key}) WITH (pages_per_range = 2)`),
  (draft, { name, key }) => draft.add(`CREATE INDEX ${draft.names.fresh()} ON ${name} USING hash ((${key} % 7))`),
  (draft, { name, key }) =>
    draft.add(
      `CREATE INDEX ${draft.names.fresh()} ON ${name} ((CASE WHEN ${key} > 2 THEN 'a' ELSE 'b' END)) WHERE ${key} <> 4`,
    ),
  (draft, { name, key, columns }) => {
    const included = columns.map((column) => column.name).slice(0, 2)
    const index = draft.names.fresh()
    draft.add(`CREATE UNIQUE INDEX ${index} ON ${name} (${key}) INCLUDE (${included.join(', ')})`)
    if (draft.oneIn(2)) draft.add(`ALTER TABLE ${name} REPLICA IDENTITY USING INDEX ${index}`)
  },
  (draft, { name, key }) => {
    const index = draft.names.fresh()
    draft.add(
      `CREATE INDEX ${index} ON ${name} (abs(${key}), lower(${key}::text) text_pattern_ops) WITH (fillfactor = 70)`,
    )
    draft.add(`ALTER INDEX ${name.slice(0, schemaLength(name))}.${index} ALTER COLUMN 1 SET STATISTICS 300`)
  },
  (draft, { name, key }) =>
    draft.add(`ALTER TABLE ${name} ADD CONSTRAINT ${draft.names.fresh()} UNIQUE (${key}) DEFERRABLE`),
]

/** Where the schema's quoted name ends. */
export function schemaLength(qualified: string): number {
  return /^("(?:[^"]|"")*"|[^".]+)\./.exec(qualified)?.[1]?.length ?? 0
}

function drawForeignKey(draft: Draft, table: Table): void {
  const other = draft.random.pick(draft.tables.filter(({ unlogged }) => unlogged === table.unlogged))
  const column = draft.names.fresh()
  draft.add(`ALTER TABLE ${table.name} ADD COLUMN ${column} integer`)
  if (other.rows > 0)
    draft.add(`UPDATE ${table.name} SET ${column} = 1 + abs(${table.key}) % ${other.rows} WHERE ${table.key} % 3 <> 0`)
  const options = [
    draft.random.pick(['', 'ON DELETE CASCADE', 'ON UPDATE SET NULL', `ON DELETE SET NULL (${column})`, 'MATCH FULL']),
    draft.random.pick(['', 'DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED']),
    draft.random.pick(['', '', 'NOT VALID']),
  ]
  const constraint = draft.names.fresh()
  draft.add(
    `ALTER TABLE ${table.name} ADD CONSTRAINT ${constraint} FOREIGN KEY (${column}) REFERENCES ${other.name} ${options.join(' ')}`,
  )
  if (draft.oneIn(4)) draft.add(`COMMENT ON CONSTRAINT ${constraint} ON ${table.name} IS 'a key'`)
}

/** Two tables that need each other, and one that needs itself. */
function drawCircle(draft: Draft): void {
  const [one, two] = [draft.inSchema(), draft.inSchema()]
  draft.add(
    `CREATE TABLE ${one} (id integer PRIMARY KEY, other integer NOT NULL, self integer REFERENCES ${one})`,
    `CREATE TABLE ${two} (id integer PRIMARY KEY, other integer NOT NULL REFERENCES ${one} DEFERRABLE INITIALLY DEFERRED)`,
    `ALTER TABLE ${one} ADD FOREIGN KEY (other) REFERENCES ${two} DEFERRABLE INITIALLY DEFERRED`,
    'BEGIN',
    `INSERT INTO ${one} SELECT i, i % 5 + 1, nullif(i - 1, 0) FROM generate_series(1, 5) i`,
    `INSERT INTO ${two} SELECT i, i FROM generate_series(1, 5) i`,
    'COMMIT',
  )
}
