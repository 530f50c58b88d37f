'use client'

import Link from 'next/link'
import { signOut } from 'next-auth/react'
import { ChevronsUpDown, KeyRound, LogOut } from 'lucide-react'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu'
import { roleWords } from '@/lib/client/role'
import { useViewer } from './viewer'

export function UserMenu() {
  const { name, role } = useViewer()
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`Account of ${name}`}
          className="flex w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-muted"
        >
          <span
            className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
            aria-hidden
          >
            {name.slice(0, 1)}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-[0.8125rem] font-medium">{name}</span>
            <span className="block text-xs text-ink-3">{roleWords[role].name}</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-ink-3" aria-hidden />
        </button>
      }
    >
      <MenuLabel>{roleWords[role].can}</MenuLabel>
      <MenuSeparator />
      <MenuItem asChild>
        <Link href="/admin/settings?tab=profile">
          <KeyRound aria-hidden /> Profile and password
        </Link>
      </MenuItem>
      <MenuItem onSelect={() => void leave()}>
        <LogOut aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  )
}

/** The library would go to the address it was configured with; we stay on the one the browser used. */
async function leave(): Promise<void> {
  await signOut({ redirect: false })
  window.location.assign('/login')
}
