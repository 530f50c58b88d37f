import type { ReactNode } from 'react'
import { cookies } from 'next/headers'
import { AdminShell } from '@/components/shell/admin-shell'
import { parseTheme, themeCookie } from '@/lib/client/theme'
import { requireActor } from '@/lib/server/session'

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const actor = await requireActor()
  const theme = parseTheme((await cookies()).get(themeCookie)?.value)
  return (
    <AdminShell viewer={{ name: actor.type === 'user' ? actor.email : actor.type, role: actor.role }} theme={theme}>
      {children}
    </AdminShell>
  )
}
