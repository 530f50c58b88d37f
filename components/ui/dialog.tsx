'use client'

import type { ReactNode } from 'react'
import { Dialog as Primitive } from 'radix-ui'
import { X } from 'lucide-react'
import { cn } from '@/lib/client/cn'
import { Button } from './button'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  wide?: boolean
  /** For what must not be left by a stray click or Escape. */
  locked?: boolean
  children: ReactNode
}

export function Dialog({ open, onOpenChange, title, description, wide, locked, children }: DialogProps) {
  const hold = locked ? (event: Event) => event.preventDefault() : undefined
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/45 data-[state=open]:animate-in data-[state=open]:fade-in-0" />
        <Primitive.Content
          onEscapeKeyDown={hold}
          onPointerDownOutside={hold}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cn(
            'fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] overflow-y-auto rounded-t-xl border border-line bg-raised p-5 shadow-pop sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-full sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl sm:p-6 data-[state=open]:animate-in data-[state=open]:fade-in-0',
            wide ? 'sm:max-w-2xl' : 'sm:max-w-lg',
          )}
        >
          <div className="flex items-start justify-between gap-4">
            <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
            {!locked && (
              <Primitive.Close asChild>
                <Button variant="ghost" size="icon" aria-label="Close" className="-mt-1.5 -mr-2">
                  <X aria-hidden />
                </Button>
              </Primitive.Close>
            )}
          </div>
          {description && (
            <Primitive.Description asChild>
              <div className="mt-1 text-[0.8125rem] text-ink-2">{description}</div>
            </Primitive.Description>
          )}
          <div className="mt-4">{children}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

/** The last row of a dialog; it stays in sight while what is above it scrolls. It covers the padding of the dialog,
 * from which a browser measures what sticks: hence the same lengths, negative. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-5 -mx-5 mt-6 -mb-5 flex flex-wrap justify-end gap-2 bg-raised px-5 pt-3 pb-5 sm:-bottom-6 sm:-mx-6 sm:-mb-6 sm:px-6 sm:pb-6">
      {children}
    </div>
  )
}

/** How a form in a dialog ends: leave it, or send it. */
export function DialogSubmit({
  onClose,
  pending,
  disabled,
  children,
}: {
  onClose: () => void
  pending: boolean
  disabled?: boolean
  children: ReactNode
}) {
  return (
    <DialogActions>
      <Button variant="secondary" onClick={onClose}>
        Close
      </Button>
      <Button type="submit" pending={pending} disabled={disabled}>
        {children}
      </Button>
    </DialogActions>
  )
}
