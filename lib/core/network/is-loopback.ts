import { embeddedIpv4, parseIpv4, parseIpv6, plainHost } from './parse-address'

/** True for addresses that never leave this machine, and for their name. Names below `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  const name = plainHost(host)
  if (name === 'localhost') return true
  const groups = parseIpv6(name)
  const ipv4 = groups ? embeddedIpv4(groups) : parseIpv4(name)
  if (ipv4 !== null) return ipv4 >>> 24 === 127
  return groups !== null && groups.every((group, index) => group === (index === 7 ? 1 : 0))
}
