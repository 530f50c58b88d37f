'use client'

import { useState } from 'react'
import { Download } from 'lucide-react'
import type { RecoveryKit as Kit } from '@/lib/contracts/settings'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { saveFile } from '@/lib/client/save-file'
import { useAction } from '@/lib/client/hooks/use-action'
import { ConfirmKit } from './confirm-kit'

/**
 * Makes the kit, hands it over as a file, and goes on only when its check word was typed back. The private half is in this
 * page's memory alone; who leaves without the file has to make another kit.
 */
interface RecoveryKitProps {
  replacing: boolean
  /** The kit is asked for: from now on this must stay on the screen until it is stored. */
  onBegun?: () => void
  onStored: () => void
}

export function RecoveryKit({ replacing, onBegun, onStored }: RecoveryKitProps) {
  const [kit, setKit] = useState<Kit | null>(null)
  const [saved, setSaved] = useState(false)
  const make = useAction({
    run: () => api<Kit>('/admin/recovery-kit', { method: 'POST', body: { replace: replacing } }),
    errors: 'inline',
    onDone: setKit,
  })
  return (
    <div className="space-y-4">
      <p className="text-ink-2">
        Backups are encrypted. The recovery kit is one file with a key and instructions: with it, the destination, the
        standard tools <code>age</code> and <code>zstd</code>, and the tools of what was backed up, a backup can be
        restored on a machine that never saw Holdfast.
      </p>
      <ul className="list-disc space-y-1 pl-5 text-ink-2">
        <li>It is shown once. Holdfast keeps only the public half.</li>
        <li>
          Anyone who has it and can read the destination can read the backups. Keep it in a safe or a password manager.
        </li>
        <li>Do not keep it only on this machine: it is needed when this machine is lost.</li>
      </ul>
      {make.error && <ProblemNote error={make.error} />}
      {!kit ? (
        <Button
          pending={make.isPending}
          onClick={() => {
            onBegun?.()
            make.mutate(undefined)
          }}
        >
          Make the recovery kit
        </Button>
      ) : (
        <div className="space-y-4 rounded-lg border border-line bg-surface p-4">
          <p className="text-[0.8125rem] break-all text-ink-2">
            Public half: <code className="font-mono text-xs">{kit.recipient}</code>
          </p>
          <Button
            onClick={() => {
              saveFile(kit.fileName, kit.text)
              setSaved(true)
            }}
          >
            <Download aria-hidden /> Download {kit.fileName}
          </Button>
          {saved && (
            <Callout tone="info" role="status" title="Check that the file is where you want it">
              Your browser has saved it. This page is the last one that can hand it out.
            </Callout>
          )}
          <ConfirmKit disabled={!saved} onConfirmed={onStored} />
        </div>
      )}
    </div>
  )
}
