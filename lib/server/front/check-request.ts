import type { IncomingMessage } from 'node:http'
import { HoldfastError } from '@/lib/core/holdfast-error'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const maxAddressLength = 8_192

/** What no request of Holdfast's own pages ever is. Null when there is nothing against it. */
export function checkRequest(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): HoldfastError | null {
  const { method = '', url = '', headers } = request
  if (!url.startsWith('/')) return new HoldfastError('invalid-address', 'The address of a request begins with a slash.')
  if (url.length > maxAddressLength) {
    return new HoldfastError('address-too-long', `The address is longer than ${maxAddressLength} characters.`)
  }
  // Pages are read, never posted to: what changes something is the API's, which looks where a request comes from.
  const known = /^\/(api|__nextjs)/.test(url) ? methods.has(method) : method === 'GET' || method === 'HEAD'
  if (!known) return new HoldfastError('method-not-allowed', `Nothing here answers to ${method.slice(0, 20)}.`)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    return new HoldfastError('encoding-refused', 'Send the request body as it is, not compressed.')
  }
  return null
}

/**
 * A file of the log that a database server hands in: up to 1 GB, so it is not held here. The route reads it as it comes, once it knows
 * whose it is.
 */
export function isLogFile(method: string, url: string): boolean {
  return method === 'PUT' && /^\/api\/v1\/admin\/sources\/[^/]+\/log\//.test(url)
}

/** Nothing that is sent to sign in is long. */
const signInBodyBytes = 64 * 1024
const bodyBytes = 1024 * 1024

export function bodyLimitOf(url: string): number {
  return /^\/api\/(auth|v1\/setup|v1\/invitations)(\/|\?|$)/.test(url) ? signInBodyBytes : bodyBytes
}
