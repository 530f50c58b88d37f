import type { ShownFinding } from '@/lib/contracts/source'
import { Badge } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'

const tones = { error: 'bad', warning: 'warn', info: 'info' } as const

interface FindingNoteProps {
  finding: ShownFinding & { restart?: boolean | undefined }
}

/** What is not right with a server, and how an administrator puts it right. */
export function FindingNote({ finding }: FindingNoteProps) {
  return (
    <div className="space-y-2" data-finding={finding.code}>
      <Callout
        tone={tones[finding.severity]}
        title={finding.message}
        actions={finding.restart && <Badge tone="warn">needs a restart</Badge>}
      >
        {finding.remedy}
      </Callout>
      {finding.sql && <CodeBlock text={finding.sql} label="Copy SQL" />}
    </div>
  )
}
