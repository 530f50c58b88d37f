import { HoldfastError } from '@/lib/core/holdfast-error'

/** The secret of a channel that cannot do without one. Throws `notify-refused`. */
export function secretOf(channel: { name: string; secret: string | null }): string {
  if (channel.secret !== null) return channel.secret
  throw new HoldfastError('notify-refused', `The channel ${channel.name} has no address or key`, {
    remedy: 'Enter it again in the settings of the channel.',
  })
}

/** A secret that is an address. Throws `notify-refused`. */
export function secretUrlOf(channel: { name: string; secret: string | null }): URL {
  const url = URL.parse(secretOf(channel))
  if (url) return url
  throw new HoldfastError('notify-refused', `The address of the channel ${channel.name} is not valid`, {
    remedy: 'Enter it again in the settings of the channel.',
  })
}
