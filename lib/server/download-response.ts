import type { Readable } from 'node:stream'
import type { Download } from '@/lib/services/backup/open-download'

/**
 * A download as an answer. Trouble before the first byte is thrown, and becomes a problem that can be read; later
 * trouble breaks the connection, so that a damaged backup never looks like a complete file. A client that leaves
 * closes the stream.
 */
export async function downloadResponse(download: Download): Promise<Response> {
  const chunks = bytes(download.stream)
  const first = await chunks.next()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first.done) controller.close()
      else controller.enqueue(first.value)
    },
    async pull(controller) {
      const next = await chunks.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await chunks.return()
    },
  })
  // No Content-Length: Next drops it from streamed answers. The end of the chunked coding shows whether the download is
  // complete.
  const fileName = download.fileName.replace(/[^\w.-]/g, '_')
  return new Response(body, {
    headers: {
      'content-type': download.contentType,
      'content-disposition': `attachment; filename="${fileName}"`,
    },
  })
}

/** The stream's chunks, pulled one at a time; leaving early destroys the stream. */
async function* bytes(stream: Readable): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of stream) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
}
