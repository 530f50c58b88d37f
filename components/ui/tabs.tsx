'use client'

import type { ComponentProps } from 'react'
import { Tabs as Primitive } from 'radix-ui'

export const Tabs = Primitive.Root
export const TabPanel = Primitive.Content

export function TabList(props: ComponentProps<typeof Primitive.List>) {
  return (
    <div className="mb-5 overflow-x-auto border-b border-line">
      <Primitive.List className="flex gap-2" {...props} />
    </div>
  )
}

export function Tab(props: ComponentProps<typeof Primitive.Trigger>) {
  return (
    <Primitive.Trigger
      className="-mb-px rounded-t border-b-2 border-transparent px-2 focus-visible:outline-offset-[-2px] pt-1 pb-2.5 font-medium whitespace-nowrap text-ink-2 enabled:hover:text-ink disabled:cursor-not-allowed disabled:opacity-50 data-[state=active]:border-accent data-[state=active]:text-ink"
      {...props}
    />
  )
}
