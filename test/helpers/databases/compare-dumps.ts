import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestPostgres } from '../servers/postgres'

/** An identifier as pg_dump writes it. */
const identifier = /"(?:[^"]|"")*"|[^\s(),"]+/g

/**
 * What `pg_dump` says of a database as text, made comparable: everything that differs then is a difference. Tablespaces
 * are the server's, and a restore does not take them along.
 */
export async function comparableDump(pg: TestPostgres, database: string): Promise<string[]> {
  const address = ['--host', pg.socketDir, '--port', String(pg.port), '--username', 'postgres']
  const { stdout } = await promisify(execFile)(`${pg.bin}/pg_dump`, [...address, '--no-tablespaces', database], {
    maxBuffer: 1 << 30,
  })
  return comparable(stdout)
}

/** Lines of either that the other has not, at most so many of each; else the first line that is somewhere else. */
export function dumpDifferences(before: string[], after: string[], limit = 20): { lost: string[]; added: string[] } {
  const lost = lacking(before, after, limit)
  const added = lacking(after, before, limit)
  const moved = before.findIndex((line, index) => line !== after[index])
  if (lost.length > 0 || added.length > 0 || moved < 0) return { lost, added }
  return { lost: [`line ${moved}: ${before[moved] ?? ''}`], added: [`line ${moved}: ${after[moved] ?? ''}`] }
}

function lacking(from: string[], against: string[], limit: number): string[] {
  const left = new Map<string, number>()
  for (const line of against) left.set(line, (left.get(line) ?? 0) + 1)
  const found: string[] = []
  for (const line of from) {
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    else if (found.length < limit) found.push(line)
  }
  return found
}

/**
 * Three things may differ between a database and its restored copy, and nothing else:
 * - the random token of `\restrict`, which pg_dump makes anew each time;
 * - the order of the rows of a table: a row goes where a page has room, and no order was ever promised;
 * - the order of the columns of a child table: its own column that its parent got later comes behind the inherited ones
 *   when the table is made anew (pg_dump documents it), in CREATE TABLE as in COPY. The values follow their columns.
 */
export function comparable(dump: string): string[] {
  const result: string[] = []
  const lines = dump.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    let line = lines[at] ?? ''
    if (/^\\(un)?restrict /.test(line)) continue
    // A name may go over several lines.
    while (line.startsWith('COPY ') && line.split('"').length % 2 === 0 && at + 1 < lines.length) {
      line += `\n${lines[(at += 1)]}`
    }
    const end = line.startsWith('COPY ') && line.endsWith(' FROM stdin;') ? lines.indexOf('\\.', at) : -1
    if (end > 0) {
      result.push(...copyBlock(line, lines.slice(at + 1, end)))
      at = end
    } else if (/^CREATE (UNLOGGED |FOREIGN )?TABLE .* \($/.test(line)) {
      const close = lines.findIndex((candidate, index) => index > at && candidate.startsWith(')'))
      const columns = lines.slice(at + 1, close)
      const inherits = lines[close + 1]?.startsWith('INHERITS (') ?? false
      const words = columns.map((column) => column.replace(/,$/, ''))
      result.push(line, ...(inherits ? words.sort() : columns))
      at = close - 1
    } else result.push(line)
  }
  return result
}

/** Columns by name, then rows by value, each row with the name of its table. */
function copyBlock(head: string, rows: string[]): string[] {
  const open = head.indexOf(' (')
  const table = open < 0 ? head : head.slice(0, open)
  const names = open < 0 ? [] : (head.slice(open, head.lastIndexOf(')')).match(identifier) ?? [])
  const order = names.map((name, index) => ({ name, index })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const sorted = rows.map((row) => {
    const values = row.split('\t')
    return `${table}: ${order.map(({ index }) => values[index]).join('\t')}`
  })
  return [`${table} ${order.map(({ name }) => name).join(', ')}`, ...sorted.sort(), '\\.']
}
