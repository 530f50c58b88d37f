'use client'

import { useState } from 'react'
import type { Started } from '@/lib/contracts/job'
import { restoreTestLevels, type RestoreTestLevel } from '@/lib/contracts/schedule'
import { provesOf } from '@/components/engines/index'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { levelWords } from '@/lib/client/words/words'

interface RestoreTestDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  name: string
  backupId?: string
  /** Instead of a backup: the latest good one of this source. */
  sourceId?: string
  engine: string
}

export function RestoreTestDialog({ open, onOpenChange, name, backupId, sourceId, engine }: RestoreTestDialogProps) {
  const [level, setLevel] = useState<RestoreTestLevel>('standard')
  const start = useAction({
    run: () => api<Started>('/admin/backups/test', { method: 'POST', body: { backupId, sourceId, level } }),
    done: 'The restore test is under way',
    errors: 'inline',
    onDone: () => onOpenChange(false),
  })
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Restore test"
      description={
        <>
          {sourceId ? `The latest good backup of ${name}` : name}, restored into a throw-away sandbox. Production is not
          touched.
        </>
      }
    >
      <div className="space-y-4">
        {start.error && <ProblemNote error={start.error} />}
        <fieldset className="space-y-2">
          <legend className="sr-only">Level</legend>
          {restoreTestLevels.map((value) => (
            <label
              key={value}
              className="flex items-start gap-2.5 rounded-md border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                type="radio"
                name="level"
                value={value}
                checked={level === value}
                onChange={() => setLevel(value)}
                className="mt-0.5 size-4 shrink-0 accent-(--accent)"
              />
              <span>
                <span className="block font-medium">{levelWords[value].label}</span>
                <span className="block text-xs text-ink-2">{provesOf(value, engine)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </div>
      <DialogActions>
        <Button variant="secondary" onClick={() => onOpenChange(false)}>
          Close
        </Button>
        <Button pending={start.isPending} onClick={() => start.mutate(undefined)}>
          Start the test
        </Button>
      </DialogActions>
    </Dialog>
  )
}
