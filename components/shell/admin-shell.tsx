import type { ReactNode } from 'react'
import Link from 'next/link'
import type { Theme } from '@/lib/client/theme'
import { SignInAgainDialog } from '@/components/access/sign-in-again-dialog'
import { Logo } from './logo'
import { MobileNav } from './mobile-nav'
import { NavList } from './nav-list'
import { ThemeMenu } from './theme-menu'
import { UserMenu } from './user-menu'
import { ViewerProvider, type Viewer } from './viewer'

interface AdminShellProps {
  viewer: Viewer
  theme: Theme
  /** When the server made the page, in ms. */
  renderedAt: number
  children: ReactNode
}

export function AdminShell({ viewer, theme, renderedAt, children }: AdminShellProps) {
  return (
    <ViewerProvider viewer={viewer} renderedAt={renderedAt}>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent"
      >
        Skip to the content
      </a>
      <MobileNav theme={theme} />
      <div className="lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)] print:!block">
        <aside className="print:!hidden sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface px-3 py-4 lg:flex">
          <Link href="/admin" className="mb-6 px-2" aria-label="Holdfast, overview">
            <Logo />
          </Link>
          <div className="-mx-1 flex-1 overflow-y-auto px-1">
            <NavList />
          </div>
          <div className="space-y-3 border-t border-line pt-3">
            <div className="px-2">
              <ThemeMenu initial={theme} />
            </div>
            <UserMenu />
          </div>
        </aside>
        <main id="content" tabIndex={-1} className="min-w-0 px-4 py-6 outline-none sm:px-6 lg:px-8 lg:py-7">
          <div className="mx-auto max-w-6xl">{children}</div>
        </main>
      </div>
      <SignInAgainDialog />
    </ViewerProvider>
  )
}
