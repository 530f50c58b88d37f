import { queryOptions } from '@tanstack/react-query'
import type { Approval, Invitation, OidcFacts, SessionItem, SignInLock } from '@/lib/contracts/people/access'
import type { Page } from '@/lib/contracts/common'
import type { Operations } from '@/lib/contracts/operations'
import type { Me } from '@/lib/contracts/people/people'
import { api, search } from '@/lib/client/api'

export const meQuery = () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api<Me>('/me', { signal }) })

export const ownSessionsQuery = () =>
  queryOptions({
    queryKey: ['sessions', 'own'],
    queryFn: ({ signal }) => api<Page<SessionItem>>('/me/sessions?limit=200', { signal }),
  })

export const sessionsOfQuery = (userId: string) =>
  queryOptions({
    queryKey: ['sessions', userId],
    queryFn: ({ signal }) => api<Page<SessionItem>>(`/admin/sessions${search({ limit: 200, userId })}`, { signal }),
  })

export const signInLocksQuery = () =>
  queryOptions({
    queryKey: ['sign-in-locks'],
    queryFn: ({ signal }) => api<{ items: SignInLock[] }>('/admin/sign-in-locks', { signal }),
  })

export const invitationsQuery = () =>
  queryOptions({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => api<Page<Invitation>>('/admin/invitations?limit=50', { signal }),
  })

export const approvalsQuery = () =>
  queryOptions({
    queryKey: ['approvals'],
    queryFn: ({ signal }) => api<Page<Approval>>('/admin/approvals?limit=50', { signal }),
  })

export const oidcQuery = () =>
  queryOptions({ queryKey: ['oidc'], queryFn: ({ signal }) => api<OidcFacts>('/admin/oidc', { signal }) })

/** The settings of unattended running; forms take what they need of it when they open. */
export const accessSettingsQuery = () =>
  queryOptions({
    queryKey: ['operations'],
    queryFn: ({ signal }) => api<Operations>('/admin/settings/operations', { signal }),
  })
