'use client'

import type { CreatedInvitation } from '@/lib/contracts/people/access'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { mailWords } from '@/lib/client/words/access-words'

/** The only time the link is shown. */
export function LinkDialog({ made, onClose }: { made: CreatedInvitation; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title={`Link for ${made.email}`} locked>
      <div className="space-y-4">
        <Callout tone="warn" title="Copy it now: it is shown once">
          Anyone who has it can sign in as this person. {mailWords[made.mail]}
        </Callout>
        <CodeBlock text={made.link} label="Copy" />
      </div>
      <DialogActions>
        <Button onClick={onClose}>I have copied it</Button>
      </DialogActions>
    </Dialog>
  )
}
