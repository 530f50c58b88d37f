import { channelSecretContext } from '../channel/channel-spec'
import { oidcSecretSetting } from '../oidc/client-secret'
import { totpContext } from '../second-factor/totp'

/** Columns with sealed text: what each value is bound to follows from the id of its row. */
export const sealedColumns = [
  { table: 'channel', column: 'secret_sealed', contextOf: channelSecretContext },
  { table: 'app_user', column: 'totp_sealed', contextOf: totpContext },
] as const

/** Tables whose rows have several sealed texts by name (`secrets_sealed`, lib/services/stored-secrets.ts). */
export const sealedOwners = ['source', 'destination'] as const

/** Settings of the form `{ sealed }`, bound to their key. */
export const sealedSettings = [oidcSecretSetting] as const
