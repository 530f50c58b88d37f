import type { StoredSettings } from '@/lib/contracts/engines/engine-contract'
import { engineContract } from '@/lib/contracts/engines/index'
import { refuseMetadataHost } from '../refuse-metadata-address'

/**
 * A source's servers must not be the metadata service of the machine's cloud; looked at again when connecting. `before`:
 * what is stored, of which nothing is looked at again. Throws `address-refused`.
 */
export async function refuseSourceAddress(
  engine: string,
  settings: StoredSettings,
  before?: StoredSettings,
): Promise<void> {
  const { addresses } = engineContract(engine)
  const known = before ? addresses(before) : []
  for (const { field, host } of addresses(settings)) {
    if (!known.some((address) => address.field === field && address.host === host))
      await refuseMetadataHost(host, field)
  }
}
