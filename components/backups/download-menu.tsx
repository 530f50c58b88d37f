'use client'

import { toast } from 'sonner'
import { Download, FileLock } from 'lucide-react'
import type { Backup } from '@/lib/contracts/backup'
import type { DownloadChoice } from '@/components/engines/engine-screen'
import { engineScreen } from '@/components/engines/index'
import { Button } from '@/components/ui/button'
import { Menu, MenuFile, MenuLabel } from '@/components/ui/menu'
import { useMay } from '@/components/shell/viewer'
import { ensureStepUp } from '@/lib/client/ensure-step-up'
import { unusableBecause } from '@/lib/client/backup-facts'
import { isWithLog } from '@/lib/contracts/engines/index'

const asStored: DownloadChoice = {
  form: 'stored',
  label: 'As stored',
  note: 'Compressed and encrypted, with its manifest',
  Icon: FileLock,
}

/** A failure is shown; the file is not fetched then. */
const mayDownload = () =>
  ensureStepUp().catch((error: unknown) => {
    toast.error(error instanceof Error ? error.message : String(error))
    return false
  })

export function DownloadMenu({ backup, name, compact }: { backup: Backup; name: string; compact?: boolean }) {
  const { may, reason } = useMay(backup.catalog ? 'admin' : 'operator')
  const unusable = unusableBecause(backup)
  const disabled = !may || unusable !== undefined
  return (
    <Menu
      trigger={
        <Button
          variant="secondary"
          size={compact ? 'icon' : 'md'}
          disabled={disabled}
          title={reason ?? unusable ?? 'Download'}
          aria-label={`Download ${name}`}
        >
          <Download className={compact ? '' : 'max-sm:hidden'} aria-hidden /> {!compact && 'Download'}
        </Button>
      }
    >
      <MenuLabel>Download</MenuLabel>
      {[...(isWithLog(backup) ? [] : engineScreen(backup.engine).downloads), asStored].map(
        ({ form, label, note, Icon }) => (
          <MenuFile
            key={form}
            href={`/api/v1/admin/backups/${backup.id}/download?form=${form}`}
            label={label}
            note={note}
            icon={<Icon aria-hidden />}
            allow={mayDownload}
          />
        ),
      )}
    </Menu>
  )
}
