import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Client } from 'pg'
import { pack } from 'tar-stream'
import { errorText } from '@/lib/engines/postgres/classify-error'

/** Configuration that lies outside of the data directory, as Debian has it: no base backup holds it. */
export interface OutsideFiles {
  files: { path: string; content: Buffer }[]
  /** In words: what the role was not shown or could not read. */
  withheld: string[]
}

/** More than any configuration has. */
const mostBytes = 4 * 1024 * 1024

/** The files that are named by settings, and those that settings came from (`include_dir`). */
export async function readOutsideFiles(client: Client): Promise<OutsideFiles> {
  const { rows: named } = await client.query<{ path: string }>(
    `WITH own AS (SELECT rtrim(setting, '/') || '/' AS folder FROM pg_settings WHERE name = 'data_directory')
     SELECT DISTINCT path FROM own, (
       SELECT setting AS path FROM pg_settings WHERE name IN ('config_file', 'hba_file', 'ident_file')
       UNION ALL SELECT sourcefile FROM pg_settings) AS files
     WHERE path LIKE '/%' AND NOT starts_with(path, folder) ORDER BY path`,
  )
  const { rows: shown } = await client.query("SELECT FROM pg_settings WHERE name = 'config_file'")
  if (shown.length === 0)
    return { files: [], withheld: ['configuration files outside of the data directory, if there are any'] }
  const read: OutsideFiles = { files: [], withheld: [] }
  for (const { path } of named) {
    const content = await readFile(client, path)
    if (typeof content === 'string') read.withheld.push(`the configuration file ${path} (${content})`)
    else read.files.push({ path, content })
  }
  return read
}

/** Its content, or why it could not be read. */
async function readFile(client: Client, path: string): Promise<Buffer | string> {
  try {
    const { rows } = await client.query<{ content: Buffer | null }>(
      'SELECT pg_read_binary_file($1, 0, $2, true) AS content',
      [path, mostBytes + 1],
    )
    const content = rows[0]?.content
    if (!content) return 'it is not there'
    return content.length > mostBytes ? `it has more than ${mostBytes} bytes` : content
  } catch (error) {
    return errorText(error)
  }
}

/** A tar archive of them by their full paths, which `tar -x` unpacks below the folder it is in. */
export async function packOutsideFiles(files: OutsideFiles['files']): Promise<Buffer> {
  const archive = pack()
  for (const { path, content } of files) archive.entry({ name: path.replace(/^\/+/, ''), mode: 0o600 }, content)
  archive.finalize()
  return buffer(Readable.from(archive))
}
