import { type Draft } from './draft'
import { columnsOf, valuesOf } from './tables'

/** Partitions and inheritance. */
export function drawFamiliesOfTables(draft: Draft): void {
  for (const draw of draft.some([byRange, byList, byHash, inherited, attached], 3)) draw(draft)
}

function rowsInto(
  draft: Draft,
  table: string,
  first: (row: number) => string,
  types: ReturnType<typeof columnsOf>,
): void {
  const lines = Array.from({ length: 9 }, (_, row) => `(${[first(row), ...valuesOf(draft, types)].join(', ')})`)
  draft.add(`INSERT INTO ${table} VALUES ${lines.join(', ')}`)
}

function byRange(draft: Draft): void {
  const [table, child, nested, rest] = [draft.inSchema(), draft.inSchema(), draft.inSchema(), draft.inSchema()]
  const columns = columnsOf(draft, 3)
  const list = columns.map(({ name, family }) => `${name} ${family.type}`).join(', ')
  draft.add(
    `CREATE TABLE ${table} (at timestamptz NOT NULL, ${list}) PARTITION BY RANGE (at)`,
    `CREATE TABLE ${child} PARTITION OF ${table} FOR VALUES FROM (MINVALUE) TO ('2024-01-01')`,
    `CREATE TABLE ${nested} PARTITION OF ${table} FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST ((extract(month FROM at AT TIME ZONE 'UTC')))`,
    `CREATE TABLE ${draft.inSchema()} PARTITION OF ${nested} FOR VALUES IN (1, 2, NULL)`,
    `CREATE TABLE ${draft.inSchema()} PARTITION OF ${nested} DEFAULT`,
    `CREATE TABLE ${rest} PARTITION OF ${table} DEFAULT`,
  )
  rowsInto(draft, table, (row) => `'${2022 + (row % 5)}-0${1 + row}-15 00:00+00'`, columns)
  draft.add(`CREATE INDEX ${draft.names.fresh()} ON ${table} (at)`)
  if (draft.oneIn(2)) draft.add(`ALTER TABLE ${child} ADD CHECK (at > '1000-01-01')`)
  if (draft.oneIn(3))
    draft.add(
      `ALTER TABLE ${table} ALTER COLUMN at SET DEFAULT '2024-05-05'`,
      `ALTER TABLE ${rest} ALTER COLUMN at SET DEFAULT '1999-01-01'`,
    )
  if (draft.oneIn(3)) draft.add(`ALTER TABLE ${table} DETACH PARTITION ${child}`)
  if (draft.oneIn(2)) draft.views.push(table)
}

function byList(draft: Draft): void {
  const [table, other] = [draft.inSchema(), draft.inSchema()]
  const columns = columnsOf(draft, 2)
  const list = columns.map(({ name, family }) => `${name} ${family.type}`).join(', ')
  const key = draft.names.fresh()
  draft.add(
    `CREATE TABLE ${table} (${key} text NOT NULL, ${list}, PRIMARY KEY (${key})) PARTITION BY LIST (${key})`,
    `CREATE TABLE ${draft.inSchema()} PARTITION OF ${table} FOR VALUES IN ('a0', E'b\\n1', 'it''s2')`,
    `CREATE TABLE ${draft.inSchema()} PARTITION OF ${table} DEFAULT`,
  )
  rowsInto(draft, table, (row) => [`'a0'`, `E'b\\n1'`, `'it''s2'`][row] ?? `'z${row}'`, columns)
  // To and from partitioned tables.
  draft.add(
    `CREATE TABLE ${other} (k text REFERENCES ${table} ON DELETE CASCADE)`,
    `INSERT INTO ${other} VALUES ('a0'), (NULL)`,
  )
  if (draft.oneIn(2)) draft.add(`ALTER TABLE ${table} ADD FOREIGN KEY (${key}) REFERENCES ${table}`)
}

function byHash(draft: Draft): void {
  const table = draft.inSchema()
  const key = draft.random.pick(['integer', 'uuid', 'text'])
  const value = (row: number) => (key === 'uuid' ? `'00000000-0000-0000-0000-00000000000${row}'` : `'${row}'`)
  draft.add(`CREATE TABLE ${table} (k ${key}, more integer DEFAULT 4) PARTITION BY HASH (k)`)
  for (const remainder of [0, 1, 2]) {
    draft.add(
      `CREATE TABLE ${draft.inSchema()} PARTITION OF ${table} FOR VALUES WITH (MODULUS 3, REMAINDER ${remainder})`,
    )
  }
  rowsInto(draft, table, value, [])
  draft.add(`CREATE INDEX ON ONLY ${table} (more)`)
  if (draft.oneIn(2)) draft.add(`CREATE UNIQUE INDEX ${draft.names.fresh()} ON ${table} (k)`)
}

/** A partition with its columns in another order and with a key of its own. */
function attached(draft: Draft): void {
  const [table, part, to] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
  draft.add(
    `CREATE TABLE ${to} (id integer PRIMARY KEY)`,
    `INSERT INTO ${to} VALUES (1), (2)`,
    `CREATE TABLE ${table} (id integer, day date, customer integer, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)`,
    `CREATE TABLE ${part} (gone integer, customer integer, day date NOT NULL, id integer NOT NULL, CONSTRAINT own UNIQUE (id, day))`,
    `ALTER TABLE ${part} DROP COLUMN gone`,
    `INSERT INTO ${part} VALUES (1, '2024-05-05', 7), (2, '2024-06-06', 8)`,
    `ALTER TABLE ${part} ADD CONSTRAINT own_key FOREIGN KEY (customer) REFERENCES ${to} NOT VALID`,
    `ALTER TABLE ${table} ATTACH PARTITION ${part} FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`,
    `ALTER TABLE ${table} ADD FOREIGN KEY (customer) REFERENCES ${to}`,
  )
}

function inherited(draft: Draft): void {
  const [parent, child, other, grandchild] = [draft.inSchema(), draft.inSchema(), draft.inSchema(), draft.inSchema()]
  const named = draft.names.fresh()
  draft.add(
    `CREATE TABLE ${parent} (name text DEFAULT 'none', CONSTRAINT ${named} CHECK (name <> ''))`,
    `CREATE TABLE ${child} (wings integer DEFAULT 2) INHERITS (${parent})`,
    `CREATE TABLE ${other} (fins integer, name text NOT NULL)`,
    `CREATE TABLE ${grandchild} (suit text, name text DEFAULT 'own') INHERITS (${child}, ${other})`,
    `ALTER TABLE ${parent} ADD COLUMN born date`,
    `ALTER TABLE ${child} ALTER COLUMN name SET NOT NULL`,
    `INSERT INTO ${parent} VALUES ('a', 'infinity')`,
    `INSERT INTO ${child} (name, wings) VALUES ('b', 3), ('c', NULL)`,
    `INSERT INTO ${grandchild} (name, suit, fins) VALUES ('p', 'black', 7)`,
  )
}
