'use client'

import { useQuery } from '@tanstack/react-query'
import { Download, Printer } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { evidenceQuery } from '@/lib/client/queries/evidence'
import { EvidencePaper } from './evidence-paper'

/** The evidence of one restore test, to be read, printed, or handed out as the file that was signed. */
export function EvidenceScreen({ id }: { id: string }) {
  const { data, error } = useQuery(evidenceQuery(id))
  return (
    <>
      <PageHeader
        title={data ? `Evidence for ${data.document.source.name}` : 'Evidence'}
        intro="What a restore test has shown, signed by this instance when the test ended."
        back={
          data && { href: `/admin/backups/${data.document.backup.id}`, label: `Backup of ${data.document.source.name}` }
        }
        actions={
          data && (
            <span className="flex gap-2 print:hidden">
              <Button variant="secondary" onClick={() => window.print()}>
                <Printer aria-hidden /> Print
              </Button>
              <Button variant="secondary" asChild>
                <a href={`/api/v1/admin/restore-tests/${id}/evidence`} download>
                  <Download aria-hidden /> Signed file
                </a>
              </Button>
            </span>
          )
        }
      />
      {data ? (
        <EvidencePaper evidence={data} />
      ) : error ? (
        <ProblemNote error={error} title="There is no evidence to show" />
      ) : (
        <SkeletonRows />
      )}
    </>
  )
}
