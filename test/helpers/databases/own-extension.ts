import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'

const major = 15

const control = `comment = 'has tables that an administrator fills'
default_version = '1'
relocatable = false
schema = settings
`
/** What the extension brings is made again with it; what was added to its tables and matches the condition is dumped. */
const script = `CREATE TABLE rule (name text PRIMARY KEY, value text, builtin boolean DEFAULT false);
INSERT INTO rule VALUES ('shipped', 'by the extension', true);
CREATE SEQUENCE counter;
CREATE TABLE cache (id int);
SELECT pg_catalog.pg_extension_config_dump('rule', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('counter', '');
`

/**
 * PostgreSQL's programs with one extension more, which has configuration tables. A server looks for its extensions
 * beside its own programs, so a copy of them has a folder of its own, and nothing of the system's is touched.
 */
export async function programsWithExtension(folder: string): Promise<string> {
  await chmod(folder, 0o755)
  const own = path.join(folder, 'lib/postgresql', String(major))
  const share = path.join(folder, 'share/postgresql', String(major))
  const system = `/usr/lib/postgresql/${major}`
  await mkdir(own, { recursive: true })
  await cp(`${system}/bin`, path.join(own, 'bin'), { recursive: true, dereference: true })
  await symlink(`${system}/lib`, path.join(own, 'lib'))
  await cp(`/usr/share/postgresql/${major}`, share, { recursive: true, dereference: true })
  await writeFile(path.join(share, 'extension/holdfast_rules.control'), control)
  await writeFile(path.join(share, 'extension/holdfast_rules--1.sql'), script)
  return path.join(own, 'bin')
}
