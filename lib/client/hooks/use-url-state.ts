'use client'

import { useCallback } from 'react'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'

/** The state of a list lives in the address: it can be sent to a colleague and survives a reload. */
export function useUrlState(): {
  get: (name: string) => string | undefined
  set: (changes: Record<string, string | undefined>) => void
} {
  const params = useSearchParams()
  const router = useRouter()
  const pathname = usePathname()
  const get = useCallback((name: string) => params.get(name) ?? undefined, [params])
  const set = useCallback(
    (changes: Record<string, string | undefined>) => {
      const next = new URLSearchParams(params)
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value)
        else next.delete(name)
      }
      const text = next.toString()
      router.push(text ? `${pathname}?${text}` : pathname, { scroll: false })
    },
    [params, pathname, router],
  )
  return { get, set }
}
