import Link from 'next/link'
import type { Status } from '@/lib/contracts/status'
import { cn } from '@/lib/client/cn'
import { formatDay } from '@/lib/client/format/time'

type Day = Status['trend'][number]

function look(day: Day): { fill: string; mark: string; words: string } {
  const parts = [
    day.succeeded ? `${day.succeeded} succeeded` : '',
    day.failed ? `${day.failed} failed` : '',
    day.missed ? `${day.missed} missed` : '',
  ].filter(Boolean)
  const words = parts.join(', ') || 'no backups'
  if (day.failed > 0) return { fill: 'bg-bad-fill text-white', mark: '×', words }
  if (day.missed > 0) return { fill: 'bg-warn-fill text-black', mark: '!', words }
  if (day.succeeded > 3) return { fill: 'bg-info-fill', mark: '', words }
  if (day.succeeded > 0) return { fill: 'bg-info-fill/70', mark: '', words }
  return { fill: 'border border-dashed border-line-strong/60', mark: '', words }
}

/** One square a day. Trouble carries a sign beside its colour; a day without a run is an empty square, not a pale one. */
export function DayHeatMap({ days }: { days: readonly Day[] }) {
  return (
    <div>
      <ol className="grid grid-cols-10 gap-1.5">
        {days.map((day) => {
          const { fill, mark, words } = look(day)
          const label = `${formatDay(day.day)}: ${words}`
          return (
            <li key={day.day}>
              <Link
                href={`/admin/backups?from=${day.day}&to=${day.day}`}
                title={label}
                aria-label={label}
                className={cn('flex aspect-square items-center justify-center rounded text-xs font-bold', fill)}
              >
                <span aria-hidden>{mark}</span>
              </Link>
            </li>
          )
        })}
      </ol>
      <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3" aria-label="Legend">
        <Key fill="bg-info-fill/70" text="succeeded" />
        <Key fill="bg-bad-fill" text="a run failed ×" />
        <Key fill="bg-warn-fill" text="a run was missed !" />
        <Key fill="border border-dashed border-line-strong/60" text="no run" />
      </ul>
    </div>
  )
}

function Key({ fill, text }: { fill: string; text: string }) {
  return (
    <li className="flex items-center gap-1.5">
      <span className={cn('size-3 rounded-sm', fill)} aria-hidden />
      {text}
    </li>
  )
}
