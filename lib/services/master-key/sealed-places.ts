import { channelSecretContext } from '../channel/channel-spec'
import { destinationSecretContext } from '../destination/destination-spec'
import { oidcSecretSetting } from '../oidc/client-secret'
import { totpContext } from '../second-factor/totp'
import { sourceSecretContext } from '../source/source-spec'

/** Columns with sealed text: what each value is bound to follows from the id of its row. */
export const sealedColumns = [
  { table: 'source', column: 'secret_sealed', contextOf: sourceSecretContext },
  { table: 'destination', column: 'secret_sealed', contextOf: destinationSecretContext },
  { table: 'channel', column: 'secret_sealed', contextOf: channelSecretContext },
  { table: 'app_user', column: 'totp_sealed', contextOf: totpContext },
] as const

/** Settings of the form `{ sealed }`, bound to their key. */
export const sealedSettings = [oidcSecretSetting] as const
