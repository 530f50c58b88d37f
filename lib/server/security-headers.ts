/** Set by the front on every answer to a request made over https: for a year the browser then uses nothing but https. */
export const transportHeaders: Record<string, string> = { 'strict-transport-security': 'max-age=31536000' }

/** On every answer of the API: it is data for its reader alone, never a page, never kept. */
export const apiHeaders: Record<string, string> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** On every page, beside its content security policy. */
export const pageHeaders: Record<string, string> = {
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
