/**
 * The client's address for rate limits and the audit log. The last entry of X-Forwarded-For is what the nearest proxy
 * (or Next itself, from the socket) saw; earlier ones are whatever the client wrote.
 */
export function clientAddress(forwardedFor: string | null | undefined): string | null {
  const last = forwardedFor?.split(',').at(-1)?.trim()
  return last ? last.slice(0, 64) : null
}
