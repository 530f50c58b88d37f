const base = 'http://same-origin.invalid'

/**
 * Where to go after signing in: the path of `value` when it stays on this site, else the overview. The host of a full
 * address is dropped rather than compared: the browser may know us by another name than we do.
 */
export function sameOriginPath(value: string | string[] | undefined): string {
  if (typeof value !== 'string') return '/admin'
  try {
    const url = new URL(value, base)
    const path = `${url.pathname}${url.search}`
    const safe = url.origin === base && /^\/(?![/\\])/.test(path) && /^\/admin(\/|\?|$)/.test(path)
    return safe ? path : '/admin'
  } catch {
    return '/admin'
  }
}
