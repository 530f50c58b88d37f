'use client'

import { useQuery } from '@tanstack/react-query'
import { useMay } from '@/components/shell/viewer'
import { EmptyState } from '@/components/ui/empty-state'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { accessSettingsQuery, oidcQuery } from '@/lib/client/queries/access'
import { OidcForm } from './oidc-form'

export function SingleSignOn() {
  const { may, reason } = useMay('admin')
  const settings = useQuery({ ...accessSettingsQuery(), enabled: may })
  const facts = useQuery({ ...oidcQuery(), enabled: may })
  if (!may) return <EmptyState title="Only administrators set up single sign-on">{reason}</EmptyState>
  const error = settings.error ?? facts.error
  if (!settings.data || !facts.data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return <OidcForm stored={settings.data.oidc} facts={facts.data} />
}
