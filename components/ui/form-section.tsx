import type { ReactNode } from 'react'
import { Card } from './card'

/** A group of fields with its name and reason at the side where there is room. */
export function FormSection({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <Card className="grid gap-x-8 gap-y-4 p-4 sm:p-5 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div>
        <h2 className="text-[0.9375rem] font-semibold">{title}</h2>
        {note && <div className="mt-1 text-[0.8125rem] text-ink-3">{note}</div>}
      </div>
      <div className="min-w-0 space-y-4">{children}</div>
    </Card>
  )
}
