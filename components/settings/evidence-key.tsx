'use client'

import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { evidenceKeyQuery } from '@/lib/client/queries/evidence'
import { saveFile } from '@/lib/client/save-file'

/** The public half of the key that evidence is signed with, for those who check it elsewhere. */
export function EvidenceKeyCard() {
  const { data: key, error } = useQuery(evidenceKeyQuery())
  return (
    <Card aria-labelledby="evidence-key-title">
      <CardHeader id="evidence-key-title" title="Evidence key" />
      <CardBody className="space-y-4">
        <p className="text-ink-2">
          Each restore test leaves a document signed with this instance&apos;s key. Give this public key to the people
          who check the documents, before they need it and by a way they trust.
        </p>
        {key ? (
          <>
            <CodeBlock text={key.publicKey} label="Copy the public key" />
            <Button variant="secondary" onClick={() => saveFile('holdfast-evidence-key.pem', key.pem)}>
              <Download aria-hidden /> Save as PEM
            </Button>
          </>
        ) : error ? (
          <ProblemNote error={error} />
        ) : (
          <SkeletonRows rows={1} />
        )}
      </CardBody>
    </Card>
  )
}
