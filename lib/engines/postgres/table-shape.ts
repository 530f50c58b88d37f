const name = String.raw`("(?:[^"]|"")+"|[^\s",()]+)`
const checkLine = new RegExp(String.raw`^\s+CONSTRAINT ${name} CHECK \(`)
const columnLine = new RegExp(String.raw`^ {4}${name} (.+?),?$`)
/** What may follow a column's type; expressions are left out, since the server writes them anew after a restore. */
const afterType = / (?:COLLATE|DEFAULT|GENERATED|NOT NULL|STORAGE|COMPRESSION|OPTIONS|CONSTRAINT)\b.*$/

/**
 * What a table's or domain's definition holds beside its name: columns with their types, NOT NULL, and CHECK
 * constraints by name. pg_dump writes those inside CREATE TABLE, where they have no entry of their own.
 */
export function tableShape(definition: string): string[] {
  const shape: string[] = []
  const isDomain = /^CREATE DOMAIN /m.test(definition)
  for (const line of definition.split('\n')) {
    const check = checkLine.exec(line)
    if (check) {
      shape.push(`CHECK CONSTRAINT ${check[1] ?? ''}`)
      continue
    }
    if (isDomain) {
      if (/^CREATE DOMAIN .* NOT NULL\b/.test(line)) shape.push('NOT NULL')
      continue
    }
    const column = columnLine.exec(line)
    if (!column || column[1] === 'CONSTRAINT') continue
    const [, columnName = '', rest = ''] = column
    shape.push(`COLUMN ${columnName} ${rest.replace(afterType, '')}`)
    if (/ NOT NULL\b/.test(rest)) shape.push(`NOT NULL of column ${columnName}`)
  }
  return shape
}
