import { NextResponse, type NextRequest } from 'next/server'
import { contentSecurityPolicy, newNonce } from '@/lib/server/content-security-policy'
import { pagePathHeader } from '@/lib/server/page-path'
import { pageHeaders } from '@/lib/server/security-headers'
import { sessionCookieName } from '@/lib/server/sign-in/session-cookie'

/**
 * Sends browsers without a session to the sign-in page before anything is rendered. It is a courtesy: whether a session
 * is good is asked of the catalog by every page and route themselves.
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(newNonce())
  const response = needsSignIn(request) ? NextResponse.redirect(signInAddress(request)) : page(request, policy)
  response.headers.set('content-security-policy', policy)
  for (const [name, value] of Object.entries(pageHeaders)) response.headers.set(name, value)
  return response
}

/** Next reads the nonce from the policy in the request, and gives it to the scripts it writes into the page. */
function page(request: NextRequest, policy: string): NextResponse {
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  // A page whose session turns out to have ended sends the browser back to this very address after signing in.
  headers.set(pagePathHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`)
  return NextResponse.next({ request: { headers } })
}

function needsSignIn(request: NextRequest): boolean {
  return /^\/admin(\/|$)/.test(request.nextUrl.pathname) && !request.cookies.has(sessionCookieName)
}

/** Built from the address in the browser, which the front has put into both headers; Next's own idea of its host is another. */
function signInAddress(request: NextRequest): URL {
  const protocol = request.headers.get('x-forwarded-proto') ?? request.nextUrl.protocol.replace(':', '')
  const host = request.headers.get('host') ?? request.nextUrl.host
  const address = new URL('/login', `${protocol}://${host}`)
  address.searchParams.set('callbackUrl', `${request.nextUrl.pathname}${request.nextUrl.search}`)
  return address
}

export const config = { matcher: ['/((?!_next/|api/|favicon).*)'] }
