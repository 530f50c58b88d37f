import { embeddedIpv4, parseIpv4, parseIpv6, plainHost } from './parse-address'

/** Names under which clouds serve an instance's own credentials. */
const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
])

/** Single addresses outside the link-local range: Alibaba Cloud, Oracle Cloud (classic), Azure's own channel. */
const metadataIpv4 = new Set(['100.100.100.200', '192.0.0.192', '168.63.129.16'].map(parseIpv4))

/** The first groups of ranges that AWS (fd00:ec2::/32), Google, Oracle and Scaleway serve metadata in over IPv6. */
const metadataIpv6 = [
  [0xfd00, 0xec2],
  [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254],
  [0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe],
  [0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42],
]

/**
 * True for addresses that hand a machine's credentials to any process on it: IPv4 and IPv6 link-local and the clouds' fixed
 * metadata addresses, in every spelling. `host` is a name or an address, from a form, a URL or a resolver. Private ranges
 * are none of them: that is where databases are.
 */
export function isMetadataAddress(host: string): boolean {
  const name = plainHost(host)
  if (metadataNames.has(name)) return true
  const ipv4 = parseIpv4(name)
  if (ipv4 !== null) return isMetadataIpv4(ipv4)
  const groups = parseIpv6(name)
  if (groups === null) return false
  const inner = embeddedIpv4(groups)
  if (inner !== null && isMetadataIpv4(inner)) return true
  const linkLocal = ((groups[0] ?? 0) & 0xffc0) === 0xfe80
  return linkLocal || metadataIpv6.some((prefix) => prefix.every((group, index) => groups[index] === group))
}

const isMetadataIpv4 = (address: number): boolean => address >>> 16 === 0xa9fe || metadataIpv4.has(address)
