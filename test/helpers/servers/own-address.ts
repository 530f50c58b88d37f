import { networkInterfaces } from 'node:os'

/** An address of this machine that is not loopback: what goes there counts as gone over a network. */
export function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && !entry.internal && entry.family === 'IPv4' && !entry.address.startsWith('169.254.'))
  if (!found) throw new Error('This test needs a machine with a network address besides loopback.')
  return found.address
}
