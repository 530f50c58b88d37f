import { deviceLastsMs } from '@/lib/services/session/known-device'
import { readCookie } from './read-cookie'
import { servedByHttps } from '@/lib/server/public-url'

/** Names a browser in which someone signed in. It opens nothing by itself: it only passes the locks that strangers cause. */
const deviceCookieName = servedByHttps ? '__Host-holdfast.device' : 'holdfast.device'

/** What the browser sent; null for anything that we cannot have given out. */
export function deviceOf(headers: Headers): string | null {
  const value = readCookie(headers, deviceCookieName)
  return value !== undefined && /^hfd_[\w-]{43}$/.test(value) ? value : null
}

/** The value of `Set-Cookie` that makes the browser keep it. */
export function deviceCookie(token: string): string {
  const seconds = deviceLastsMs / 1000
  return `${deviceCookieName}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${servedByHttps ? '; Secure' : ''}`
}
