import { body, type Draft } from './draft'

/** Views, and materialized ones, over tables and each other. */
export function drawViews(draft: Draft): void {
  for (const draw of draft.some(views, 6)) draw(draft)
}

const pickTable = ({ random, tables }: Draft) => random.pick(tables)

const views: ((draft: Draft) => void)[] = [
  (draft) => {
    const table = pickTable(draft)
    const name = draft.inSchema()
    const option = draft.random.pick(['security_barrier', 'security_invoker', 'check_option = local'])
    draft.add(
      `CREATE VIEW ${name} WITH (${option}) AS SELECT ${table.key} AS k FROM ${table.name} WHERE ${table.key} > 1`,
    )
    if (draft.oneIn(2)) draft.add(`ALTER VIEW ${name} ALTER COLUMN k SET DEFAULT 17`)
    if (draft.oneIn(2)) draft.add(`COMMENT ON VIEW ${name} IS 'a view'`, `COMMENT ON COLUMN ${name}.k IS 'its column'`)
    draft.views.push(name)
  },
  (draft) => {
    const name = draft.names.fresh()
    const schema = draft.random.pick(draft.schemas)
    draft.add(
      `CREATE RECURSIVE VIEW ${schema}.${name} (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM ${name} WHERE n < 3`,
    )
    draft.views.push(`${schema}.${name}`)
  },
  (draft) => {
    // The key makes the other columns grouped, so the view cannot be made before the key is.
    const { name, key, columns } = pickTable(draft)
    const [view, over, materialized] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    const list = [key, ...columns.filter(({ family }) => family.ordered).map((column) => column.name)]
    draft.add(
      `CREATE VIEW ${view} AS SELECT ${list.join(', ')}, count(*) AS n FROM ${name} GROUP BY ${key}`,
      `CREATE VIEW ${over} AS SELECT sum(n) AS total FROM ${view}`,
      `CREATE MATERIALIZED VIEW ${materialized} AS SELECT ${list.join(', ')}, count(*) AS n FROM ${name} GROUP BY ${key}`,
      `CREATE UNIQUE INDEX ON ${materialized} (${key})`,
    )
    if (draft.oneIn(2)) {
      const second = draft.inSchema()
      draft.add(
        `CREATE MATERIALIZED VIEW ${second} AS SELECT total FROM ${over} WITH ${draft.random.pick(['DATA', 'NO DATA'])}`,
      )
    }
    draft.views.push(over, view)
  },
  (draft) => {
    const { name, key } = pickTable(draft)
    const [first, second, third] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE MATERIALIZED VIEW ${first} AS SELECT ${key} AS k, ${key} * 2 AS twice FROM ${name}`,
      `CREATE MATERIALIZED VIEW ${second} AS SELECT max(twice) AS m, current_setting('TimeZone') AS zone, '2024-01-01 00:00+00'::timestamptz::text AS at FROM ${first}`,
      `CREATE MATERIALIZED VIEW ${third} WITH (fillfactor = 60) AS SELECT 1 / 0 AS error WITH NO DATA`,
      `CREATE INDEX ON ${first} ((k % 2)) WHERE twice > 0`,
      `COMMENT ON MATERIALIZED VIEW ${first} IS 'materialized'`,
    )
    draft.views.push(first, second)
  },
  (draft) => {
    // A function that reads a table behind a materialized view, which pg_dump cannot see.
    const { name } = pickTable(draft)
    const call = draft.inSchema()
    draft.add(
      `CREATE FUNCTION ${call}() RETURNS bigint LANGUAGE plpgsql STABLE AS ${body(`BEGIN RETURN (SELECT count(*) FROM ${name}); END`)}`,
      `CREATE MATERIALIZED VIEW ${draft.inSchema()} AS SELECT ${call}() AS n`,
    )
  },
  (draft) => {
    // A view whose columns changed since: names that are not its query's own.
    const { name, key, columns } = pickTable(draft)
    const view = draft.inSchema()
    draft.add(
      `CREATE VIEW ${view} AS SELECT t.*, t AS "whole row", t.${key} IN (1, 2) AS "in" FROM ${name} t LEFT JOIN ${name} u USING (${key})`,
    )
    const [column] = columns
    if (column) draft.add(`ALTER VIEW ${view} RENAME COLUMN ${column.name} TO ${draft.names.fresh()}`)
    draft.views.push(view)
  },
  (draft) => {
    // Writable by rules and by a trigger.
    const { name, key } = pickTable(draft)
    const [view, call] = [draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE VIEW ${view} AS SELECT ${key} AS k, 'x'::text AS x FROM ${name} UNION SELECT 0, NULL`,
      `CREATE FUNCTION ${call}() RETURNS trigger LANGUAGE plpgsql AS ${body('BEGIN RETURN NULL; END')}`,
      `CREATE TRIGGER ${draft.names.fresh()} INSTEAD OF INSERT ON ${view} FOR EACH ROW EXECUTE FUNCTION ${call}()`,
      `CREATE RULE ${draft.names.fresh()} AS ON UPDATE TO ${view} DO INSTEAD DELETE FROM ${name} WHERE ${key} = OLD.k RETURNING ${key}, 'y'::text`,
    )
  },
  (draft) => {
    // A table that became a view, whose row type a function uses: pg_dump makes it empty first, and its query later.
    const { name, key } = pickTable(draft)
    const [view, call] = [draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE VIEW ${view} AS SELECT ${key} AS k FROM ${name}`,
      `CREATE FUNCTION ${call}(${view}) RETURNS integer LANGUAGE sql STABLE AS ${body('SELECT 1')}`,
      `CREATE OR REPLACE VIEW ${view} AS SELECT ${key} AS k FROM ${name} t WHERE ${call}(ROW(t.${key})::${view}) = 1`,
    )
    draft.views.push(view)
  },
]
