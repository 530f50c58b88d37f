import type { ReactNode } from 'react'
import { cookies } from 'next/headers'
import { AdminShell } from '@/components/shell/admin-shell'
import { parseTheme, themeCookie } from '@/lib/client/theme'
import { container } from '@/lib/server/container'
import { requireActor } from '@/lib/server/sign-in/session'

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const actor = await requireActor()
  const now = (await container()).context.clock.now()
  const theme = parseTheme((await cookies()).get(themeCookie)?.value)
  return (
    <AdminShell viewer={{ name: actor.email, role: actor.role }} theme={theme} renderedAt={now.getTime()}>
      {children}
    </AdminShell>
  )
}
