'use client'

import { useEffect, useState, type ReactNode } from 'react'
import { QueryClientProvider } from '@tanstack/react-query'
import { Toaster } from 'sonner'
import { StepUpDialog } from '@/components/access/step-up-dialog'
import { makeQueryClient } from '@/lib/client/queries/client'
import type { Theme } from '@/lib/client/theme'

export function Providers({ theme, children }: { theme: Theme; children: ReactNode }) {
  const [client] = useState(makeQueryClient)
  // Says that buttons answer now: before this a page is only a picture of itself. The journeys wait for it.
  useEffect(() => {
    document.documentElement.dataset.ready = ''
  }, [])
  return (
    <QueryClientProvider client={client}>
      {children}
      <StepUpDialog />
      <Toaster
        theme={theme}
        position="bottom-right"
        closeButton
        toastOptions={{
          duration: 6_000,
          style: { background: 'var(--raised)', color: 'var(--ink)', borderColor: 'var(--line)' },
        }}
      />
    </QueryClientProvider>
  )
}
