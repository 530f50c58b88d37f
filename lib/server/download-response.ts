import { Readable } from 'node:stream'
import type { Download } from '@/lib/services/backup/open-download'

/**
 * A download as an answer. A stream that breaks breaks the connection, so that a damaged backup never looks like a
 * complete file; one that the client leaves is closed.
 */
export function downloadResponse(download: Download): Response {
  const headers: Record<string, string> = {
    'content-type': download.contentType,
    'content-disposition': `attachment; filename="${download.fileName.replace(/[^\w.-]/g, '_')}"`,
  }
  if (download.sizeBytes !== null) headers['content-length'] = String(download.sizeBytes)
  // Node's and the DOM's ReadableStream are one class under two names.
  return new Response(Readable.toWeb(download.stream) as ReadableStream<Uint8Array>, { headers })
}
