'use client'

import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState, type ListQuery } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { RoleLink } from './role-link'

interface ListScreenProps<Item> {
  title: string
  intro: string
  /** Where an administrator adds one, and what that button says. */
  add: { href: string; label: string }
  query: ListQuery<Item>
  /** Said when there is none yet. */
  empty: { icon: ReactNode; title: string; text: string }
  children: (items: readonly Item[]) => ReactNode
}

/** The page of one kind of thing: what there is, and a way to add one, also where there is none. */
export function ListScreen<Item>({ title, intro, add, query, empty, children }: ListScreenProps<Item>) {
  const button = (
    <RoleLink needs="admin" href={add.href}>
      {add.label}
    </RoleLink>
  )
  return (
    <>
      <PageHeader title={title} intro={intro} actions={button} />
      <Card aria-label={title}>
        <ListState
          query={query}
          empty={
            <EmptyState icon={empty.icon} title={empty.title} actions={button}>
              {empty.text}
            </EmptyState>
          }
        >
          {children(query.data?.items ?? [])}
        </ListState>
      </Card>
    </>
  )
}
