import { HoldfastError } from '@/lib/core/holdfast-error'

/**
 * The request's body as it is. Its length has to be said beforehand, so that one that was cut short is noticed. Throws
 * `length-required`, `body-too-large`, `body-cut-short`.
 */
export async function readFileBody(request: Request, limitBytes: number): Promise<Buffer> {
  const told = request.headers.get('content-length')
  if (told === null || !/^\d+$/.test(told)) {
    throw new HoldfastError('length-required', 'The request does not say how long its body is.', {
      remedy: 'Send the file with a Content-Length, as curl -T does.',
    })
  }
  const wanted = Number(told)
  if (wanted > limitBytes) throw tooLarge(limitBytes)
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of request.body ?? []) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > wanted) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw cutShort(cause)
  }
  if (sizeBytes !== wanted) throw cutShort()
  return Buffer.concat(chunks)
}

const tooLarge = (limitBytes: number) =>
  new HoldfastError('body-too-large', `The file is larger than ${limitBytes / 2 ** 20} MB.`)

const cutShort = (cause?: unknown) =>
  new HoldfastError('body-cut-short', 'The file did not arrive whole.', { transient: true, cause })
