import { HoldfastError } from '@/lib/core/holdfast-error'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Cross-site request forgery: a change under a session cookie must come from our own pages. Browsers say so in
 * Sec-Fetch-Site (only on https and localhost) and in Origin; a request with neither is not a browser's. Throws
 * `foreign-site`.
 */
export function refuseForeignSite(request: Request): void {
  if (reading.has(request.method)) return
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  if (site === 'same-origin' && (origin === null || isOurs(request, origin))) return
  if (site === null && origin !== null && isOurs(request, origin)) return
  throw new HoldfastError('foreign-site', 'This request did not come from a page of Holdfast.', {
    remedy: 'Reload the page and try again; automation uses an API token instead of a session.',
  })
}

function isOurs(request: Request, origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const host = new URL(origin).host
  // Behind a trusted proxy too this is the name in the browser: the front has put it there.
  return request.headers.get('host') === host
}
