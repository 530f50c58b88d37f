'use client'

import { useQuery } from '@tanstack/react-query'
import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { engineScreen } from '@/components/engines/index'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { sourceQuery } from '@/lib/client/queries/sources'

/** Where the server is, and how it is started. */
export function HandedOver({ recovery: { sourceId, place } }: { recovery: Recovery }) {
  const { data: source } = useQuery(sourceQuery(sourceId))
  const words = source && engineScreen(source.engine).recovery
  if (place === null) return null
  return (
    <Card aria-labelledby="folder-title">
      <CardHeader id="folder-title" title="The folder is yours" />
      <CardBody className="space-y-2">
        <p>
          The server is in <code className="break-all">{place}</code> on the worker’s machine, shut down. Read the notes
          below before you start it.
        </p>
        {words && (
          <>
            <CodeBlock text={words.startCommand(place)} />
            <p className="text-[0.8125rem] text-ink-2">{words.startNote}</p>
          </>
        )}
      </CardBody>
    </Card>
  )
}
