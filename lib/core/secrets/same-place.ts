/**
 * A host as it is compared: case, a dot at the end and brackets do not make another one, nor does another spelling of the
 * same IPv6 address. A folder of Unix sockets (it begins with "/") keeps its case.
 */
export function normalHost(host: string): string {
  const trimmed = host.trim()
  if (trimmed.startsWith('/')) return trimmed.replace(/(?<=.)\/+$/, '')
  const bare = trimmed.replace(/^\[([^\]]*)\]$/, '$1').toLowerCase()
  return isIpv6Like(bare) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare.replace(/(?<=.)\.$/, '')
}

const isIpv6Like = (text: string): boolean => /^[0-9a-f:.]*:[0-9a-f:.]*$/.test(text) && URL.canParse(`http://[${text}]`)

/** Host and port as one place. */
export const hostAndPort = (host: string, port: number): string => `${normalHost(host)} ${port}`

/** An address as it is compared: default port, case of the host and slashes at the end do not make another one. */
export function normalUrl(address: string): string {
  const url = URL.parse(address)
  if (!url) return address
  const host = url.hostname.replace(/(?<=.)\.$/, '')
  return `${url.protocol}//${host}:${url.port}${url.pathname.replace(/\/+$/, '')}${url.search}`
}
