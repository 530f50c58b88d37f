'use client'

import type { ComponentProps, ReactNode } from 'react'
import { DropdownMenu as Primitive } from 'radix-ui'
import { cn } from '@/lib/client/cn'

export function Menu({
  trigger,
  children,
  align = 'end',
}: {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
}) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-80 min-w-48 rounded-lg border border-line bg-raised p-1 shadow-pop"
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

export function MenuItem({ className, ...props }: ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      className={cn(
        'flex w-full cursor-default items-start gap-2.5 rounded-md px-2.5 py-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-muted [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-3',
        className,
      )}
      {...props}
    />
  )
}

interface MenuFileProps {
  href: string
  label: string
  note: string
  icon: ReactNode
  /** Asked before the file is fetched; false leaves it. */
  allow?: () => Promise<boolean>
}

/** A file to download by a plain link: the browser streams it to disk, whatever its size. */
export function MenuFile({ href, label, note, icon, allow }: MenuFileProps) {
  const face = (
    <>
      {icon}
      <span>
        <span className="block font-medium">{label}</span>
        <span className="block text-xs text-ink-3">{note}</span>
      </span>
    </>
  )
  if (allow) {
    return <MenuItem onSelect={() => void allow().then((allowed) => allowed && follow(href))}>{face}</MenuItem>
  }
  return (
    <MenuItem asChild>
      <a href={href} download>
        {face}
      </a>
    </MenuItem>
  )
}

/** As if a link was followed: the menu is closed by the time the person has answered. */
function follow(href: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = ''
  link.click()
}

export function MenuSeparator() {
  return <Primitive.Separator className="my-1 h-px bg-line" />
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Primitive.Label className="px-2.5 py-1.5 text-xs text-ink-3">{children}</Primitive.Label>
)
