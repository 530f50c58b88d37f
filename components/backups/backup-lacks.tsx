import type { ReactNode } from 'react'
import { Callout } from '@/components/ui/callout'

interface Props {
  withheld: string[]
  warnings: string[]
  /** What to do about what is withheld. */
  children?: ReactNode
}

/** What a backup does not hold, and what the tools that took it warned of. */
export function BackupLacks({ withheld, warnings, children }: Props) {
  return (
    <>
      {withheld.length > 0 && (
        <Callout tone="warn" title="Not in this backup">
          <Listed words={withheld} />
          {children}
        </Callout>
      )}
      {warnings.length > 0 && (
        <Callout tone="warn" title="Warnings while it was taken">
          <Listed words={warnings} />
        </Callout>
      )}
    </>
  )
}

function Listed({ words }: { words: string[] }) {
  return (
    <ul className="my-1 list-disc pl-5">
      {words.map((text) => (
        <li key={text} className="break-words">
          {text}
        </li>
      ))}
    </ul>
  )
}
