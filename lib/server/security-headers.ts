import { servedByHttps } from './public-url'

/** Whoever reached us by https once comes back by https alone, for a year. By http it would lock people out. */
const transport: Record<string, string> = servedByHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}

/** On every answer of the API: it is data for its reader alone, never a page, never kept. */
export const apiHeaders: Record<string, string> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  ...transport,
}

/** On every page, beside its content security policy. */
export const pageHeaders: Record<string, string> = {
  ...transport,
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
