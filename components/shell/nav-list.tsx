'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '@/lib/client/cn'
import { isCurrent, navSections } from './nav-items'

export function NavList({ onChoose }: { onChoose?: () => void }) {
  const pathname = usePathname()
  return (
    <nav aria-label="Main" className="space-y-5">
      {navSections.map((section) => (
        <div key={section.label}>
          <p className="px-2.5 pb-1 text-xs font-medium text-ink-3">{section.label}</p>
          <ul className="space-y-px">
            {section.items.map(({ href, label, Icon }) => {
              const current = isCurrent(pathname, href)
              return (
                <li key={href}>
                  <Link
                    href={href}
                    onClick={onChoose}
                    aria-current={current ? 'page' : undefined}
                    className={cn(
                      'flex items-center gap-2.5 rounded-md px-2.5 py-1.5 font-medium transition-colors max-lg:py-2',
                      current ? 'bg-accent-soft text-accent' : 'text-ink-2 hover:bg-muted hover:text-ink',
                    )}
                  >
                    <Icon className="size-4 shrink-0" aria-hidden />
                    {label}
                  </Link>
                </li>
              )
            })}
          </ul>
        </div>
      ))}
    </nav>
  )
}
