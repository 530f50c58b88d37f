import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { hasUnreadBytes, toBytes } from '@/lib/engines/postgres/connect/unread-bytes'
import { RowsHash } from '@/lib/engines/postgres/logical/archive/rows-hash'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import type { ArchivedTable } from './count-rows'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { quoteLiteral, quoteQualified } from '@/lib/engines/postgres/connect/quote'
import type { SandboxServer } from '@/lib/engines/postgres/sandbox/start'
import { readEncoding } from '@/lib/engines/postgres/connect/server-facts'
import { settingsToCopy } from '@/lib/engines/postgres/connect/session-settings'
import { openToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import { topLevel } from '@/lib/engines/postgres/connect/top-level'
import { sandboxWorkplace } from '@/lib/engines/postgres/logical/restore/workplace'

/** What pg_dump writes behind the rows of a table. */
const copyEnd = '\\.\n\n\n'
/**
 * Hash of a restored table's rows with the columns in the order of the archive; undefined when it has not these
 * columns. The server's COPY text is what pg_dump writes, in the encoding of the database.
 */
export async function hashInOrder(
  input: { sandbox: SandboxServer; database: string; client: Installation },
  table: ArchivedTable,
  run: RunContext,
): Promise<string | undefined> {
  const columns = topLevel(table.copyStatement)[0]?.find((word) => word.startsWith('('))
  if (columns === undefined) return undefined
  const { source } = input.sandbox
  const asking = async (client: Client) => ({
    settings: await settingsToCopy(client),
    encoding: await readEncoding(client),
  })
  const { settings, encoding } = await withConnection(source, run.signal, asking, input.database)
  const tool = await openToolEnv(source, { database: input.database, settings })
  try {
    const copy = `COPY ${quoteQualified(table.schema, table.name)} ${columns} TO STDOUT (ENCODING ${quoteLiteral(encoding)})`
    const asBytes = hasUnreadBytes(copy)
    const command = runCommand(
      sandboxWorkplace(input.sandbox).command({
        file: join(input.client.folder, 'psql'),
        args: ['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1', ...(asBytes ? [] : ['-c', copy])],
        env: { ...tool.env, PGCLIENTENCODING: asBytes ? encoding : 'UTF8' },
        stdin: asBytes ? 'pipe' : 'ignore',
      }),
      run,
    )
    // An argument is text. Names are in quotes, in which psql looks for nothing of its own.
    command.stdin?.end(toBytes(`${copy};\n`))
    const hash = new RowsHash()
    const hashing = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        hash.update(chunk)
        done()
      },
    })
    try {
      await pipeline(command.stdout, hashing, { signal: run.signal })
      await command.exited
    } catch (error) {
      run.signal.throwIfAborted()
      if (command.stderrTail().includes('does not exist')) return undefined
      throw error
    } finally {
      await command.terminate()
    }
    hash.update(Buffer.from(copyEnd))
    return hash.digest()
  } finally {
    await tool.close()
  }
}
