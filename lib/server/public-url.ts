const configured = process.env['NEXTAUTH_URL']

/** True when browsers reach us by https only; cookies are then `Secure`. */
export const servedByHttps = configured?.startsWith('https://') ?? false

// Over plain http the address in the browser decides (127.0.0.1, localhost, a host name, another port): next-auth would
// otherwise send everyone to NEXTAUTH_URL, where the cookie does not exist.
if (!servedByHttps) {
  delete process.env['NEXTAUTH_URL']
  process.env['AUTH_TRUST_HOST'] = '1'
}
