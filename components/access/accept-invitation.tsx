'use client'

import { useEffect, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { InvitationFace } from '@/lib/contracts/people/access'
import { Callout } from '@/components/ui/callout'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { roleWords } from '@/lib/client/role'
import { AcceptForm } from './accept-form'

/** The person with the link makes their account, or sets their new password. */
export function AcceptInvitation() {
  const [token, setToken] = useState<string | null>(null)
  useEffect(() => {
    const frame = requestAnimationFrame(() => setToken(window.location.hash.slice(1)))
    return () => cancelAnimationFrame(frame)
  }, [])
  const face = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => api<InvitationFace>('/invitations/look-up', { method: 'POST', body: { token }, signal }),
    enabled: token !== null && token !== '',
    refetchInterval: false,
    refetchOnWindowFocus: false,
    staleTime: Infinity,
  })
  const makes = face.data?.purpose === 'account'
  return (
    <main>
      <h1 className="text-center text-xl font-semibold">
        {face.data ? (makes ? 'Welcome to Holdfast' : 'A new password') : 'Invitation'}
      </h1>
      {face.data && (
        <p className="mt-1 mb-6 text-center text-ink-2">
          {makes
            ? `An account for ${face.data.email}. ${roleWords[face.data.role].name}: ${roleWords[face.data.role].can.toLowerCase()}.`
            : `For ${face.data.email}. Sessions that were signed in with the old one end.`}
        </p>
      )}
      <div className="mt-4 rounded-xl border border-line bg-surface p-5 shadow-card sm:p-6">
        {token === '' ? (
          <Callout tone="warn" title="The link is not complete">
            Copy the whole address, with everything behind the #.
          </Callout>
        ) : face.data && token !== null ? (
          <AcceptForm token={token} face={face.data} />
        ) : face.error ? (
          <ProblemNote error={face.error} />
        ) : (
          <SkeletonRows />
        )}
      </div>
    </main>
  )
}
