'use client'

import { Copy as CopyIcon, RotateCw, Snowflake } from 'lucide-react'
import type { BackupDetail, Copy, Thawed } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { useQuery } from '@tanstack/react-query'
import { RoleButton } from '@/components/shell/role-button'
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu'
import { api } from '@/lib/client/api'
import { unusableBecause } from '@/lib/client/backup-facts'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { useAction } from '@/lib/client/hooks/use-action'

const thawWords: Record<Thawed['state'], string> = {
  requested: 'The store was asked to bring the copy back; it takes some hours',
  'under-way': 'The store is bringing the copy back; it takes some hours',
  readable: 'The copy can be read now',
}

function useStartCopy(backupId: string) {
  return useAction({
    run: (destinationId: string) =>
      api<Started>(`/admin/backups/${backupId}/copies`, { method: 'POST', body: { destinationId } }),
    done: 'The copy is under way',
  })
}

/** Stores the backup in a destination that has no copy of it yet. */
export function AddCopy({ backup }: { backup: BackupDetail }) {
  const destinations = useQuery(destinationsQuery())
  const start = useStartCopy(backup.id)
  const taken = new Set(backup.copies.flatMap((copy) => (copy.state === 'deleted' ? [] : [copy.destinationId])))
  const free = destinations.data?.items.filter(({ id }) => !taken.has(id)) ?? []
  const unusable = unusableBecause(backup)
  const button = (
    <RoleButton
      needs="operator"
      variant="secondary"
      size="sm"
      pending={start.isPending}
      disabled={unusable !== undefined || free.length === 0}
      title={unusable ?? (free.length === 0 ? 'Every destination has a copy' : undefined)}
    >
      <CopyIcon aria-hidden /> Copy to…
    </RoleButton>
  )
  return (
    <Menu trigger={button}>
      <MenuLabel>Store one more copy in</MenuLabel>
      {free.map((destination) => (
        <MenuItem key={destination.id} onSelect={() => start.mutate(destination.id)}>
          {destination.name}
        </MenuItem>
      ))}
    </Menu>
  )
}

/** What can be done about one copy: try a missing one again, bring an archived one back. */
export function CopyActions({ backup, copy }: { backup: BackupDetail; copy: Copy }) {
  const start = useStartCopy(backup.id)
  const thaw = useAction({
    run: () =>
      api<Thawed>(`/admin/backups/${backup.id}/thaw`, {
        method: 'POST',
        body: { destinationId: copy.destinationId },
      }),
    done: ({ state }) => thawWords[state],
  })
  const elsewhere = backup.copies.some(
    (other) => other.state === 'stored' && other.destinationId !== copy.destinationId,
  )
  if (['failed', 'missing', 'damaged'].includes(copy.state) && backup.deletedAt === null) {
    return (
      <RoleButton
        needs="operator"
        variant="ghost"
        size="sm"
        pending={start.isPending}
        disabled={!elsewhere}
        title={elsewhere ? undefined : 'There is no good copy to copy from'}
        aria-label={`Copy to ${copy.destinationName} again`}
        onClick={() => start.mutate(copy.destinationId)}
      >
        <RotateCw aria-hidden /> Try again
      </RoleButton>
    )
  }
  if (copy.state === 'stored' && copy.archived) {
    return (
      <RoleButton
        needs="operator"
        variant="ghost"
        size="sm"
        pending={thaw.isPending}
        aria-label={`Bring the copy in ${copy.destinationName} back`}
        onClick={() => thaw.mutate(undefined)}
      >
        <Snowflake aria-hidden /> Bring back
      </RoleButton>
    )
  }
  return null
}
