'use client'

import type { Role } from '@/lib/contracts/common'
import { Button, type ButtonProps } from '@/components/ui/button'
import { useMay } from './viewer'

/** A button for those who may; for the others it stays visible, disabled, with the reason. */
export function RoleButton({ needs, title, disabled, ...props }: Omit<ButtonProps, 'asChild'> & { needs: Role }) {
  const { may, reason } = useMay(needs)
  return <Button {...props} disabled={disabled || !may} title={reason ?? title} />
}
