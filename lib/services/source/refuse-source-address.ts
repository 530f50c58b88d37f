import type { SourceOptions } from '@/lib/contracts/source'
import { refuseMetadataHost } from '../refuse-metadata-address'

/** A source's servers must not be the metadata service of the machine's cloud; looked at again when connecting. */
export async function refuseSourceAddress(
  connection: { host?: string | undefined } | undefined,
  options: { replica?: SourceOptions['replica'] | null | undefined } | undefined,
): Promise<void> {
  const host = connection?.host
  if (host !== undefined && !host.startsWith('/')) await refuseMetadataHost(host, 'connection.host')
  const replica = options?.replica?.host
  if (replica !== undefined && !replica.startsWith('/')) await refuseMetadataHost(replica, 'options.replica.host')
}
