import { type Draft } from './draft'
import { literal } from './names'

/** Types of the database's own; columns use them as they use built-in ones. */
export function drawTypes(draft: Draft): void {
  const { random, families } = draft
  const own = random.shuffled([drawEnum, drawDomain, drawComposite, drawRange, drawDomainOfArray, drawShell])
  for (const draw of own.slice(0, 1 + random.below(own.length))) draw(draft)
  // Arrays of what is the database's own.
  for (const family of families.slice(-2)) {
    if (!draft.oneIn(2) || family.type.endsWith(']') || / /.test(family.type.replaceAll(/"[^"]*"/g, ''))) continue
    const values = [`ARRAY[${family.values.join(', ')}]::${family.type}[]`, `'{}'`]
    if (!family.required) values.push(`ARRAY[NULL]::${family.type}[]`)
    families.push({ type: `${family.type}[]`, values })
  }
}

function drawEnum(draft: Draft): void {
  const type = draft.inSchema()
  const labels = [...new Set([draft.names.raw(), '', 'b', draft.random.pick(draft.letters.words)])]
  draft.add(`CREATE TYPE ${type} AS ENUM (${labels.map(literal).join(', ')})`)
  if (draft.oneIn(2)) {
    draft.add(`ALTER TYPE ${type} ADD VALUE 'late' BEFORE 'b'`)
    labels.push('late')
  }
  draft.families.push({ type, values: labels.map((label) => `${literal(label)}::${type}`), ordered: true })
  if (draft.oneIn(3)) draft.add(`COMMENT ON TYPE ${type} IS 'an enum'`)
}

function drawDomain(draft: Draft): void {
  const type = draft.inSchema()
  const constraint = draft.names.fresh()
  draft.add(
    `CREATE DOMAIN ${type} AS text DEFAULT 'none' CONSTRAINT ${constraint} CHECK (VALUE <> 'forbidden' AND length(VALUE) < 400)`,
  )
  if (draft.oneIn(2))
    draft.add(`ALTER DOMAIN ${type} ADD CONSTRAINT ${draft.names.fresh()} CHECK (VALUE <> 'x') NOT VALID`)
  if (draft.oneIn(2)) draft.add(`COMMENT ON CONSTRAINT ${constraint} ON DOMAIN ${type} IS 'never'`)
  draft.families.push({ type, values: [`'a'::${type}`, `E'b\\nc'::${type}`], ordered: true })
  if (draft.oneIn(2)) {
    const over = draft.inSchema()
    draft.add(`CREATE DOMAIN ${over} AS ${type} NOT NULL`)
    draft.families.push({ type: over, values: [`'over'::${over}`], ordered: true, required: true })
  }
}

function drawDomainOfArray(draft: Draft): void {
  const type = draft.inSchema()
  draft.add(`CREATE DOMAIN ${type} AS integer[] CHECK (array_length(VALUE, 1) < 5)`)
  draft.families.push({ type, values: [`'{1,2}'::${type}`, `'{}'::${type}`] })
}

function drawComposite(draft: Draft): void {
  const type = draft.inSchema()
  const inner = draft.random.pick(draft.families)
  draft.add(
    `CREATE TYPE ${type} AS (${draft.names.fresh()} integer, ${draft.names.fresh()} text, ${draft.names.fresh()} ${inner.type})`,
  )
  const value = draft.random.pick(inner.values)
  const values = [value, inner.required ? value : 'NULL'].map((last) => `ROW(1, E'a,"b"\\\\', ${last})::${type}`)
  draft.families.push({ type, values })
}

function drawRange(draft: Draft): void {
  const schema = draft.random.pick(draft.schemas)
  const type = `${schema}.${draft.names.fresh()}`
  draft.add(
    `CREATE TYPE ${type} AS RANGE (subtype = text, collation = "C", multirange_type_name = ${schema}.${draft.names.fresh()})`,
  )
  draft.families.push({ type, values: [`'[a,b)'::${type}`, `'empty'::${type}`, `'(,"z y"]'::${type}`], ordered: true })
}

function drawShell(draft: Draft): void {
  draft.add(`CREATE TYPE ${draft.inSchema()}`)
  // A type of C functions that are the server's own.
  const type = draft.inSchema()
  const schema = draft.random.pick(draft.schemas)
  const [input, output] = [`${schema}.${draft.names.fresh()}`, `${schema}.${draft.names.fresh()}`]
  draft.add(
    `CREATE TYPE ${type}`,
    `CREATE FUNCTION ${input}(cstring) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS 'textin'`,
    `CREATE FUNCTION ${output}(${type}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'`,
    `CREATE TYPE ${type} (INPUT = ${input}, OUTPUT = ${output}, LIKE = text, CATEGORY = 'S', DEFAULT = 'd')`,
  )
  draft.families.push({ type, values: [`'odd'::${type}`, `E'new\\nline'::${type}`] })
}
