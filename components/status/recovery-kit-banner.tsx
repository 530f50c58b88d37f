'use client'

import { useQuery } from '@tanstack/react-query'
import type { Role } from '@/lib/contracts/common'
import type { RecoveryKitState } from '@/lib/contracts/settings'
import { RoleLink } from '@/components/shell/role-link'
import { Callout } from '@/components/ui/callout'
import { recoveryKitQuery } from '@/lib/client/queries/recovery-kit'

/** Says what stands between this machine's loss and a restore; nothing once the kit is stored and opens every backup. */
export function RecoveryKitBanner() {
  const { data: kit } = useQuery(recoveryKitQuery())
  const told = kit && recoveryKitTrouble(kit)
  if (!told) return null
  return (
    <Callout
      tone="warn"
      title={told.title}
      actions={
        <RoleLink needs={told.needs} href="/admin/settings?tab=recovery" variant="secondary" size="sm">
          {told.action}
        </RoleLink>
      }
    >
      {told.body}
    </Callout>
  )
}

interface Trouble {
  title: string
  body: string
  action: string
  /** Of who can do it. */
  needs: Role
}

/** Null: there is nothing to do about the kit. */
export function recoveryKitTrouble({ state, hasCheckWord, backups }: RecoveryKitState): Trouble | null {
  if (state === 'none') {
    return {
      title: 'There is no recovery kit yet',
      body: 'If this machine is lost, its encrypted backups are lost with it. The kit restores them without Holdfast.',
      action: 'Make the recovery kit',
      needs: 'admin',
    }
  }
  if (state === 'made') {
    const title = 'Nobody has confirmed that the recovery kit is stored'
    return hasCheckWord
      ? {
          title,
          body: 'Find the file that was downloaded and type its check word, or replace it.',
          action: 'Confirm the recovery kit',
          needs: 'admin',
        }
      : {
          title,
          body: 'It is of an earlier version and has no check word. Replace it: the new kit opens all backups.',
          action: 'Replace the recovery kit',
          needs: 'admin',
        }
  }
  if (backups.opened === backups.total) return null
  return {
    title: `The recovery kit opens ${backups.opened} of ${backups.total} backups`,
    body: 'The others are being wrapped for it; where a destination cannot be used they have to wait.',
    action: 'Look at it',
    needs: 'viewer',
  }
}
