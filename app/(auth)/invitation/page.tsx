import type { Metadata } from 'next'
import { AcceptInvitation } from '@/components/access/accept-invitation'

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' }

/** The token is behind the `#` of the address, which only the browser knows. */
export default function InvitationPage() {
  return <AcceptInvitation />
}
