import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { OpenPart } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { damaged } from './archive-error'
import { decodeText, encodingIn } from '@/lib/engines/postgres/connect/decode-text'
import { byBytes, hasUnreadBytes } from '@/lib/engines/postgres/connect/unread-bytes'
import { splitSql } from '@/lib/engines/postgres/connect/split-sql'

/** Roles only: a script beyond this is not one that pg_dumpall wrote. */
const limitBytes = 256 * 1024 * 1024

/** Statements that make roles. */
export interface Globals {
  statements: string[]
  /** They are the bytes that the database's own encoding gives the names: a database of no encoding takes them as they are. */
  inBytes: boolean
}

/**
 * The statements of the globals part that a sandbox needs. They are sent one by one over a connection and never through
 * psql, so that nothing in the script can run a shell. Tablespaces are left out: their folders are the source's.
 */
export async function readGlobals(
  open: OpenPart,
  part: ManifestPart,
  databaseEncoding: string,
  run: RunContext,
): Promise<Globals> {
  const stream = await open(part, run)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += piece.length
    if (bytes > limitBytes) throw damaged('the script of roles is far too long')
    chunks.push(piece)
  }
  try {
    const script = Buffer.concat(chunks)
    const encoding = encodingIn(script.subarray(0, 64 * 1024).toString('latin1'))
    // Roles are the whole server's, and a name that was given in a database of another encoding is no text here.
    const text = encoding === databaseEncoding ? byBytes(script) : decodeScript(script, encoding)
    const statements = splitSql(text).filter(wanted)
    return { statements, inBytes: statements.some(hasUnreadBytes) && encoding === databaseEncoding }
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged('the script of roles is not complete')
    throw error
  }
}

/** By the encoding that the script names; each line by itself, so that one odd name spoils no other. */
function decodeScript(script: Buffer, encoding: string): string {
  const decode = decodeText(encoding)
  const lines: string[] = []
  for (let from = 0; from < script.length;) {
    const found = script.indexOf(10, from)
    const end = found < 0 ? script.length : found + 1
    lines.push(decode(script.subarray(from, end)))
    from = end
  }
  return lines.join('')
}

function wanted(statement: string): boolean {
  // The driver has its own.
  if (/^SET client_encoding\b/.test(statement)) return false
  if (/^(CREATE|ALTER|DROP) TABLESPACE\b/.test(statement)) return false
  return !/^(COMMENT|GRANT|REVOKE|SECURITY LABEL)\b[^;]*\bON TABLESPACE\b/.test(statement)
}
