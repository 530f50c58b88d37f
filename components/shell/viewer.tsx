'use client'

import { createContext, useContext, type ReactNode } from 'react'
import type { Role } from '@/lib/contracts/common'
import { RenderedAtContext } from '@/lib/client/hooks/use-now'
import { allows } from '@/lib/client/role'

export interface Viewer {
  name: string
  role: Role
}

const ViewerContext = createContext<Viewer | null>(null)

interface ViewerProviderProps {
  viewer: Viewer
  renderedAt: number
  children: ReactNode
}

export function ViewerProvider({ viewer, renderedAt, children }: ViewerProviderProps) {
  return (
    <ViewerContext value={viewer}>
      <RenderedAtContext value={renderedAt}>{children}</RenderedAtContext>
    </ViewerContext>
  )
}

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext)
  if (!viewer) throw new Error('useViewer needs the admin shell around it')
  return viewer
}

/** Whether the person may, and if not the reason to show on what is disabled. */
export function useMay(needed: Role): { may: boolean; reason: string | undefined } {
  const { role } = useViewer()
  const may = allows(role, needed)
  return { may, reason: may ? undefined : `Needs the role ${needed}; you are signed in as ${role}` }
}
