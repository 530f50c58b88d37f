'use client'

import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/text-field'
import { cn } from '@/lib/client/cn'
import { useUrlState } from '@/lib/client/hooks/use-url-state'

interface FilterFormProps {
  /** What it is for, for assistive technology. */
  label: string
  /** The filters beside the two days, by their name in the address. */
  names: readonly string[]
  className?: string
  children: ReactNode
}

/** What a list shows, and between which days; it lives in the address. A change goes back to the first page. */
export function FilterForm({ label, names, className, children }: FilterFormProps) {
  const { get, set } = useUrlState()
  const all = [...names, 'from', 'to']
  const any = all.some((name) => get(name))
  const day = (name: 'from' | 'to', title: string) => (
    <TextField
      label={title}
      type="date"
      value={get(name) ?? ''}
      onChange={(typed) => set({ [name]: typed, cursor: undefined })}
    />
  )
  return (
    <form
      role="search"
      aria-label={label}
      onSubmit={(event) => event.preventDefault()}
      className={cn('grid grid-cols-2 items-end gap-3 border-b border-line p-4 sm:grid-cols-3 sm:px-5', className)}
    >
      {children}
      {day('from', 'From')}
      {day('to', 'To')}
      <Button
        variant="ghost"
        className={any ? '' : 'max-lg:hidden'}
        disabled={!any}
        title={any ? undefined : 'No filter is set'}
        onClick={() => set(Object.fromEntries([...all, 'cursor'].map((name) => [name, undefined])))}
      >
        Clear
      </Button>
    </form>
  )
}
