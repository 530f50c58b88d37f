import { HoldfastError } from '@/lib/core/holdfast-error'

const maxBodyBytes = 1024 * 1024

/** The request's JSON, `{}` when it has no body. Reads no further than 1 MB. Throws `body-too-large`, `not-json`, `invalid-json`. */
export async function readBody(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  const reader = request.body?.getReader()
  for (;;) {
    const chunk = await reader?.read()
    if (!chunk || chunk.done) break
    sizeBytes += chunk.value.byteLength
    if (sizeBytes > maxBodyBytes) {
      await reader?.cancel()
      throw new HoldfastError('body-too-large', 'The request body is larger than 1 MB.')
    }
    chunks.push(chunk.value)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') return {}
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new HoldfastError('not-json', 'Send JSON with the header Content-Type: application/json.')
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HoldfastError('invalid-json', 'The request body is not valid JSON.', { cause })
  }
}
