'use client'

import type { ReactNode } from 'react'
import Link from 'next/link'
import type { Role } from '@/lib/contracts/common'
import { Button, type ButtonProps } from '@/components/ui/button'
import { useMay } from './viewer'

interface RoleLinkProps extends Pick<ButtonProps, 'variant' | 'size'> {
  needs: Role
  href: string
  children: ReactNode
}

/** A link that looks like a button, to a page only some may use. */
export function RoleLink({ needs, href, children, ...look }: RoleLinkProps) {
  const { may, reason } = useMay(needs)
  if (!may)
    return (
      <Button {...look} disabled title={reason}>
        {children}
      </Button>
    )
  return (
    <Button {...look} asChild>
      <Link href={href}>{children}</Link>
    </Button>
  )
}
