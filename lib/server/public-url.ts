import { isLoopbackName } from '@/lib/core/network/allowed-hosts'
import { publicAddress } from '@/lib/core/network/public-address'

/** Pages and routes are bundled apart; what one of them takes out of the environment below is gone for the others. */
const holder: typeof globalThis & { holdfastPublicUrl?: string | undefined } = globalThis
const configured = (holder.holdfastPublicUrl ??= process.env['NEXTAUTH_URL'])

/** True when browsers reach us by https only; cookies are then `Secure`. */
export const servedByHttps = configured?.startsWith('https://') ?? false

// Over plain http the address in the browser decides (127.0.0.1, localhost, a host name, another port): next-auth would
// otherwise send everyone to NEXTAUTH_URL, where the cookie does not exist.
if (!servedByHttps) {
  delete process.env['NEXTAUTH_URL']
  process.env['AUTH_TRUST_HOST'] = '1'
}

/**
 * The origin of links in mails: the public address that was set, never what a request says of itself; on an instance that
 * listens to its own machine alone, that machine. Null: nobody has said under which address others reach us.
 */
export function mailOrigin(): string | null {
  const own = configured && isLoopbackName(process.env['HOST'] ?? '') ? (URL.parse(configured)?.origin ?? null) : null
  return publicAddress(configured) ?? own
}
