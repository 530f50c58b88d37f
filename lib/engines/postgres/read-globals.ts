import type { ManifestPart } from '@/lib/core/repository/manifest'
import type { OpenPart } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import { damaged } from './archive/archive-error'
import { decodeText, encodingIn } from './archive/decode-text'
import { splitSql } from './split-sql'

/** Roles only: a script beyond this is not one that pg_dumpall wrote. */
const limitBytes = 256 * 1024 * 1024

/**
 * The statements of the globals part that a sandbox needs. They are sent one by one over a connection and never through
 * psql, so that nothing in the script can run a shell. Tablespaces are left out: their folders are the source's.
 */
export async function readGlobals(open: OpenPart, part: ManifestPart, run: RunContext): Promise<string[]> {
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
    return splitSql(decodeScript(Buffer.concat(chunks))).filter(wanted)
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged('the script of roles is not complete')
    throw error
  }
}

/**
 * By the encoding that the script names. Roles are the whole server's, and may have been named in a database of another
 * encoding: each line is read by itself, so that one such name spoils no other.
 */
function decodeScript(script: Buffer): string {
  const decode = decodeText(encodingIn(script.subarray(0, 64 * 1024).toString('latin1')))
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
  if (/^(CREATE|ALTER|DROP) TABLESPACE\b/.test(statement)) return false
  return !/^(COMMENT|GRANT|REVOKE|SECURITY LABEL)\b[^;]*\bON TABLESPACE\b/.test(statement)
}
