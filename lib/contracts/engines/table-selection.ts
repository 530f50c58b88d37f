/** Tables and whole schemas, by their names as the database has them. */
export interface TableSelection {
  schemas: string[]
  tables: { schema: string; name: string }[]
}

const identifier = String.raw`(?:"(?:[^"]|"")+"|[^".,*\s]+)`
const one = new RegExp(String.raw`^(${identifier})\.(\*|${identifier})$`)

/**
 * Reads what a person writes: `schema.table` or `schema.*`, separated by commas or lines, with names in double quotes
 * where they contain dots, commas or spaces. Case is kept. Throws a SyntaxError that quotes what was not understood.
 */
export function parseSelection(text: string): TableSelection {
  const selection: TableSelection = { schemas: [], tables: [] }
  for (const item of split(text)) {
    const [, schema, name] = one.exec(item) ?? []
    if (schema === undefined || name === undefined) {
      throw new SyntaxError(`"${item}" is not schema.table or schema.*`)
    }
    if (name === '*') selection.schemas.push(unquote(schema))
    else selection.tables.push({ schema: unquote(schema), name: unquote(name) })
  }
  return selection
}

/** At commas and line ends outside quotes. */
function split(text: string): string[] {
  const items = text.match(/(?:"(?:[^"]|"")*"|[^",\n])+|"/g) ?? []
  return items.map((item) => item.trim()).filter(Boolean)
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
