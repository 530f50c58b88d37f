import { createHash } from 'node:crypto'
import { openApiDocument } from './open-api-document'

let made: { text: string; etag: string } | undefined

/** The document as it is sent. Made once: it says the same as long as this process runs. */
export function openApiText(): { text: string; etag: string } {
  if (made) return made
  const text = JSON.stringify(openApiDocument())
  made = { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
  return made
}

/** The document, or 304 when the client has it already (`If-None-Match`). */
export function openApiResponse(request: Request): Response {
  const { text, etag } = openApiText()
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (known.includes(etag)) return new Response(null, { status: 304, headers: { etag } })
  return new Response(text, { headers: { 'content-type': 'application/json', etag } })
}
