import type { ReactNode } from 'react'
import Link from 'next/link'
import { ChevronLeft } from 'lucide-react'

interface PageHeaderProps {
  title: ReactNode
  intro?: ReactNode
  back?: { href: string; label: string }
  actions?: ReactNode
}

export function PageHeader({ title, intro, back, actions }: PageHeaderProps) {
  return (
    <header className="mb-5">
      {back && (
        <Link
          href={back.href}
          className="mb-2 inline-flex items-center gap-0.5 text-[0.8125rem] text-ink-2 hover:text-ink"
        >
          <ChevronLeft className="size-4" aria-hidden />
          {back.label}
        </Link>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="text-[1.375rem] leading-tight font-semibold break-words">{title}</h1>
          {intro && <div className="mt-1 max-w-2xl text-pretty text-ink-2">{intro}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  )
}
