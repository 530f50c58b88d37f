import { HoldfastError } from '@/lib/core/holdfast-error'

/**
 * This instance's address as the client knows it: one of the allowed names, and behind a trusted proxy the one requested
 * from the proxy. The front has written both headers (lib/server/front).
 */
export function ownOrigin(request: Request): string {
  const url = new URL(request.url)
  const protocol = request.headers.get('x-forwarded-proto') ?? url.protocol.replace(':', '')
  const host = request.headers.get('host') ?? url.host
  const origin = `${protocol}://${host}`
  if (URL.canParse(origin) && /^https?$/.test(protocol)) return new URL(origin).origin
  throw new HoldfastError('invalid-input', 'The request does not say under which address it reached Holdfast.')
}
