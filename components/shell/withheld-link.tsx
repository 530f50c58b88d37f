import type { ComponentProps } from 'react'
import { cn } from '@/lib/client/cn'

/** Stands where a link would, for a role that its page would refuse; `title` says which role it takes. */
export function WithheldLink({ className, ...props }: ComponentProps<'span'> & { title: string | undefined }) {
  return <span role="link" aria-disabled className={cn(className, 'cursor-not-allowed opacity-50')} {...props} />
}
