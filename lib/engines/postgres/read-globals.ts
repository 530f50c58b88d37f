import type { ManifestPart } from '@/lib/core/repository/manifest'
import type { OpenPart } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import { damaged } from './archive/archive-error'
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
  return splitSql(Buffer.concat(chunks).toString('utf8')).filter(wanted).map(forSandbox)
}

function wanted(statement: string): boolean {
  if (/^(CREATE|ALTER|DROP) TABLESPACE\b/.test(statement)) return false
  return !/^(COMMENT|GRANT|REVOKE|SECURITY LABEL)\b[^;]*\bON TABLESPACE\b/.test(statement)
}

/** The grantor of a membership is the source's first superuser, who is not the sandbox's first superuser. */
function forSandbox(statement: string): string {
  return /^GRANT\b/.test(statement) ? statement.replace(/ GRANTED BY ("(?:[^"]|"")*"|\S+)$/, '') : statement
}
