import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import type { MiddlewareStack } from '@smithy/types'

/**
 * Signs the request with a SHA-256 that is already known. It saves a second pass over each part, and the store then
 * refuses bytes that changed on the way even where it ignores an announced checksum, as Ceph does for whole objects.
 */
export function signBody<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: { middlewareStack: MiddlewareStack<Input, Output> },
  sha256Hex: string,
): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args
      if (hasHeaders(request)) request.headers['x-amz-content-sha256'] = sha256Hex
      return next(args)
    },
    { step: 'build', name: 'holdfastSignedBody' },
  )
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}
