'use client'

import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { saveFile } from '@/lib/client/save-file'

/** The only time the recovery codes are shown. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const text = codes.join('\n')
  return (
    <Dialog open onOpenChange={onClose} title="Recovery codes" locked>
      <div className="space-y-4">
        <Callout tone="warn" title="Keep them now: they are shown once">
          Each signs you in once in place of a code, in case the phone is lost. Earlier codes no longer work.
        </Callout>
        <CodeBlock text={text} label="Copy" />
      </div>
      <DialogActions>
        <Button variant="secondary" onClick={() => saveFile('holdfast-recovery-codes.txt', `${text}\n`)}>
          <Download aria-hidden /> Download
        </Button>
        <Button onClick={onClose}>I have kept them</Button>
      </DialogActions>
    </Dialog>
  )
}
