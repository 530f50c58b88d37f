'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '@/lib/client/cn'
import { isCurrent, navSections, type NavItem } from './nav-items'
import { useMay } from './viewer'
import { WithheldLink } from './withheld-link'

const look = 'flex items-center gap-2.5 rounded-md px-2.5 py-1.5 font-medium transition-colors max-lg:py-2'

export function NavList({ onChoose }: { onChoose?: () => void }) {
  return (
    <nav aria-label="Main" className="space-y-5">
      {navSections.map((section) => (
        <div key={section.label}>
          <p className="px-2.5 pb-1 text-xs font-medium text-ink-3">{section.label}</p>
          <ul className="space-y-px">
            {section.items.map((item) => (
              <li key={item.href}>
                <NavEntry item={item} onChoose={onChoose} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

/** A link to a page, or for roles that the page would refuse, its name and the role it takes. */
function NavEntry({ item, onChoose }: { item: NavItem; onChoose: (() => void) | undefined }) {
  const { href, label, Icon, needs = 'viewer' } = item
  const current = isCurrent(usePathname(), href)
  const { may, reason } = useMay(needs)
  if (!may)
    return (
      <WithheldLink title={reason} className={cn(look, 'text-ink-2')}>
        <Icon className="size-4 shrink-0" aria-hidden />
        {label}
      </WithheldLink>
    )
  return (
    <Link
      href={href}
      onClick={onChoose}
      aria-current={current ? 'page' : undefined}
      className={cn(look, current ? 'bg-accent-soft text-accent' : 'text-ink-2 hover:bg-muted hover:text-ink')}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      {label}
    </Link>
  )
}
