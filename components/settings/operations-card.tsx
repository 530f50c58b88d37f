'use client'

import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Operations } from '@/lib/contracts/operations'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { accessSettingsQuery } from '@/lib/client/queries/access'

interface OperationsCardProps {
  /** Of its title, for assistive technology. */
  id: string
  title: string
  note: string
  children: (settings: Operations) => ReactNode
}

/** A card about the settings of unattended running: the form, once they are there. */
export function OperationsCard({ id, title, note, children }: OperationsCardProps) {
  const settings = useQuery(accessSettingsQuery())
  return (
    <Card aria-labelledby={id}>
      <CardHeader id={id} title={title} note={note} />
      <CardBody>
        {settings.data ? (
          children(settings.data)
        ) : settings.error ? (
          <ProblemNote error={settings.error} />
        ) : (
          <SkeletonRows />
        )}
      </CardBody>
    </Card>
  )
}
