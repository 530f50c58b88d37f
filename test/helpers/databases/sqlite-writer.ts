import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { sqlite3 } from '../engines/sqlite'

/**
 * Moves an amount between two of a hundred accounts and writes down that it did, one commit after the other, as fast as it
 * can: whatever the moment, all accounts hold 10,000 together, and `moved` has as many rows as its highest number.
 */
const script = `
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(process.argv[1], { timeout: 60000 })
const from = database.prepare('UPDATE account SET amount = amount - 1 WHERE id = ?')
const to = database.prepare('UPDATE account SET amount = amount + 1 WHERE id = ?')
const note = database.prepare('INSERT INTO moved (number, filler) VALUES (?, randomblob(500))')
let number = database.prepare('SELECT count(*) AS n FROM moved').get().n
for (;;) {
  number += 1
  database.exec('BEGIN IMMEDIATE')
  from.run(number % 100)
  to.run((number * 7 + 1) % 100)
  note.run(number)
  database.exec('COMMIT')
  if (number === 20) console.log('writing')
}`

export function makeAccounts(file: string, mode: 'WAL' | 'DELETE', fillerRows: number): void {
  sqlite3(
    file,
    `PRAGMA journal_mode = ${mode};
     CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);
     CREATE TABLE moved (number INTEGER PRIMARY KEY, filler BLOB);
     CREATE TABLE filler (bytes BLOB);
     INSERT INTO account SELECT value, 100 FROM generate_series(0, 99);
     INSERT INTO filler SELECT randomblob(8000) FROM generate_series(1, ${fillerRows});`,
  )
}

/** Resolves once commits come. */
export async function startWriter(file: string): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script, '--', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the writer ended before it had written'))),
  ])
  return {
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

export const movedIn = (file: string) => Number(sqlite3(file, '.timeout 60000', 'SELECT max(number) FROM moved'))

/** What must hold at every moment, as the sqlite3 program sees it. */
export const stateOf = (file: string) =>
  sqlite3(
    file,
    'SELECT sum(amount) FROM account; SELECT count(*) = max(number) FROM moved; PRAGMA integrity_check',
  ).trim()
export const rightState = '10000\n1\nok'
