import type { ReactNode } from 'react'

/** Names and values side by side. A value that is not known is shown as unknown, never left blank. */
export function Facts({ items }: { items: ReadonlyArray<{ name: string; value: ReactNode }> }) {
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,auto)_1fr] gap-x-5 gap-y-2 text-[0.8125rem]">
      {items.map((item) => (
        <div key={item.name} className="contents">
          <dt className="text-ink-3">{item.name}</dt>
          <dd className="min-w-0 break-words">{item.value ?? <span className="text-ink-3">unknown</span>}</dd>
        </div>
      ))}
    </dl>
  )
}
