const development = process.env['NODE_ENV'] === 'development'

/**
 * What a page may load and run. A script runs when it carries the nonce of this very answer, or was loaded by one that
 * does: what somebody smuggles into a page (a name, an error text of a server) stays text. Styles may be inline, since
 * the components set them as attributes; they run nothing. Development needs `eval` for React's stack traces and a socket.
 */
export function contentSecurityPolicy(nonce: string): string {
  const rules = {
    'default-src': "'self'",
    'script-src': `'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'connect-src': development ? "'self' ws: wss:" : "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  }
  return Object.entries(rules)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** One that nobody can guess, for one answer. */
export const newNonce = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
