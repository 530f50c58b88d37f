import type { ReactNode } from 'react'
import Link from 'next/link'

/** The name of a row, leading to the page of what the row is about. */
export function NameLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="font-medium underline-offset-4 hover:underline">
      {children}
    </Link>
  )
}
