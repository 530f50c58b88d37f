'use client'

import { useRouter } from 'next/navigation'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { useUrlState } from '@/lib/client/hooks/use-url-state'

/**
 * Pages by key: on to the next, and back the way one came. Rows that arrive meanwhile shift nothing. `name` is the cursor's in the address,
 * for a page with several lists.
 */
export function Pager({ nextCursor, name = 'cursor' }: { nextCursor: string | null; name?: string }) {
  const router = useRouter()
  const { get, set } = useUrlState()
  const later = get(name) !== undefined
  if (!later && !nextCursor) return null
  return (
    <nav aria-label="Pages" className="flex items-center justify-between border-t border-line px-4 py-2.5 sm:px-5">
      <Button variant="ghost" size="sm" disabled={!later} onClick={() => set({ [name]: undefined })}>
        First page
      </Button>
      <div className="flex gap-2">
        <Button variant="secondary" size="sm" disabled={!later} onClick={() => router.back()}>
          <ChevronLeft aria-hidden /> Back
        </Button>
        <Button
          variant="secondary"
          size="sm"
          disabled={!nextCursor}
          onClick={() => set({ [name]: nextCursor ?? undefined })}
        >
          Next <ChevronRight aria-hidden />
        </Button>
      </div>
    </nav>
  )
}
