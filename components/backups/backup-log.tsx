import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'

export function BackupLog({ log, running }: { log: string | null; running: boolean }) {
  return (
    <Card aria-labelledby="log-title">
      <CardHeader id="log-title" title="Log" />
      <CardBody>
        {log ? (
          <CodeBlock text={log} tall />
        ) : (
          <p className="text-ink-3">{running ? 'The log appears when the run has ended.' : 'Nothing was logged.'}</p>
        )}
      </CardBody>
    </Card>
  )
}
