'use client'

import { useState } from 'react'
import Link from 'next/link'
import { Dialog } from 'radix-ui'
import { Menu as MenuIcon, X } from 'lucide-react'
import type { Theme } from '@/lib/client/theme'
import { Button } from '@/components/ui/button'
import { Logo } from './logo'
import { NavList } from './nav-list'
import { ThemeMenu } from './theme-menu'
import { UserMenu } from './user-menu'

/** The top bar of narrow screens, with the sidebar as a drawer. */
export function MobileNav({ theme }: { theme: Theme }) {
  const [open, setOpen] = useState(false)
  return (
    <div className="print:!hidden sticky top-0 z-30 flex h-14 items-center justify-between border-b border-line bg-surface px-4 lg:hidden">
      <Link href="/admin" aria-label="Holdfast, overview">
        <Logo />
      </Link>
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Trigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open navigation">
            <MenuIcon aria-hidden />
          </Button>
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 right-0 z-50 flex w-72 max-w-[85vw] flex-col overflow-y-auto border-l border-line bg-surface p-4"
          >
            <div className="mb-4 flex items-center justify-between">
              <Dialog.Title className="font-semibold">Navigation</Dialog.Title>
              <Dialog.Close asChild>
                <Button variant="ghost" size="icon" aria-label="Close navigation">
                  <X aria-hidden />
                </Button>
              </Dialog.Close>
            </div>
            <NavList onChoose={() => setOpen(false)} />
            <div className="mt-auto space-y-3 pt-6">
              <ThemeMenu initial={theme} />
              <UserMenu />
            </div>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </div>
  )
}
