import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { sqliteOptionsSchema } from '@/lib/contracts/engines/sqlite'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { tempDir } from '../temp'
import type { EngineHarness } from './harness'

/** Debian's sqlite3 program: another version of SQLite than Node's. */
export function sqlite3(file: string, ...commands: string[]): string {
  return execFileSync('sqlite3', ['-bail', file, ...commands], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What a database holds, by its own program: schema, content hash, integrity. */
export function digestOf(file: string): unknown {
  return [
    sqlite3(file, '.sha3sum --schema'),
    sqlite3(file, 'SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2'),
    sqlite3(file, 'PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA user_version; PRAGMA application_id'),
  ]
}

export function makeSqliteSource(file: string, options: Record<string, unknown> = {}): SourceSpec {
  return {
    id: '00000000-0000-4000-8000-000000000051',
    name: 'sqlite source',
    engine: 'sqlite',
    connection: { path: file },
    secrets: {},
    options: sqliteOptionsSchema.parse(options),
  }
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA application_id = 1234; PRAGMA user_version = 7;
  CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note);
  INSERT INTO item SELECT value, 'item ' || value, x'00ff' FROM generate_series(1, 1000);
  CREATE INDEX item_name ON item (name);
  CREATE TABLE line (item REFERENCES item (id), amount REAL);
  INSERT INTO line SELECT id, id / 3.0 FROM item;
  CREATE TABLE tag (word TEXT PRIMARY KEY, count INT) STRICT, WITHOUT ROWID;
  INSERT INTO tag VALUES ('a', 9223372036854775807), ('ü', NULL);
  CREATE VIRTUAL TABLE found USING fts5(words);
  INSERT INTO found VALUES ('some words to find');
  CREATE VIEW cheap AS SELECT * FROM item WHERE id < 10;
  CREATE TRIGGER noted AFTER DELETE ON item BEGIN INSERT INTO line VALUES (NULL, old.id); END;`

export const sqliteHarness: EngineHarness = {
  notSupported: { roles: 'SQLite has none: who may read the file may read it all' },
  absent: async () => makeSqliteSource('/nonexistent/holdfast/app.db'),
  async start() {
    const dir = await tempDir('sqlite')
    const file = path.join(dir.path, "the app's.db")
    sqlite3(file, schema)
    const source = makeSqliteSource(file)
    let places = 0
    return {
      source,
      digest: async () => digestOf(file),
      change: async () => {
        sqlite3(
          file,
          "DELETE FROM item WHERE id % 7 = 0; UPDATE item SET name = 'changed' WHERE id % 5 = 0; INSERT INTO item(name) VALUES ('new')",
        )
      },
      newPlace: async () => {
        const folder = path.join(dir.path, `place ${(places += 1)}`)
        mkdirSync(folder)
        const target = path.join(folder, 'restored.db')
        return {
          target: { source, path: target },
          digest: async () => digestOf(target),
          exists: async () => existsSync(target),
        }
      },
      byHand: async (folder, commands) => {
        execFileSync('bash', ['-ec', ['set -o pipefail', ...commands].join('\n')], { cwd: folder, stdio: 'pipe' })
        return digestOf(path.join(folder, 'restored', path.basename(file)))
      },
      close: () => dir.remove(),
    }
  },
}
