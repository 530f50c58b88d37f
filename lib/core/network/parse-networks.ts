import { BlockList, isIP } from 'node:net'
import { HoldfastError } from '../holdfast-error'

/** Networks (`10.0.0.0/8`, `fd00::/8`) and single addresses, separated by commas or blanks. Throws `invalid-setting`. */
export function parseNetworks(text: string, setting: string): BlockList {
  const networks = new BlockList()
  for (const entry of text.split(/[\s,]+/).filter(Boolean)) {
    const [address = '', prefix, ...rest] = entry.split('/')
    const family = isIP(address)
    const bits = prefix === undefined ? undefined : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
    if (family === 0 || rest.length > 0 || (bits !== undefined && (bits < 0 || bits > (family === 4 ? 32 : 128)))) {
      throw new HoldfastError('invalid-setting', `${setting} holds "${entry}", which is no network.`, {
        remedy: `Write addresses and networks, separated by commas: ${setting}=10.0.0.0/8,192.0.2.7`,
      })
    }
    const kind = family === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) networks.addAddress(address, kind)
    else networks.addSubnet(address, bits, kind)
  }
  return networks
}

/** IPv4 written as IPv6 (`::ffff:192.0.2.7`), as sockets that listen on both report it, in its own form. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

export function isWithin(networks: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && networks.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
