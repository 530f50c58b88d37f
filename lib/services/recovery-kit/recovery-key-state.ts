import type { Settings } from '@/lib/contracts/settings'
import type { StoredRecoveryKey } from '../settings/read-recovery-key'

/** The kit's state as it is shown: there is none, it was made, or somebody has shown that it was stored. */
export function recoveryKeyState(key: StoredRecoveryKey | null): Settings['recoveryKey'] {
  if (!key) return { state: 'none', recipient: null, createdAt: null, confirmedAt: null }
  const { recipient, createdAt, confirmedAt = null } = key
  return { state: confirmedAt === null ? 'made' : 'confirmed', recipient, createdAt, confirmedAt }
}
