import Link from 'next/link'
import type { BackupDetail } from '@/lib/contracts/backup'
import { Callout } from '@/components/ui/callout'

/** What a backup does not hold, and what the tools that took it warned of. */
export function BackupLacks({ backup }: { backup: BackupDetail }) {
  const { withheld, warnings } = backup
  return (
    <>
      {withheld.length > 0 && (
        <Callout tone="warn" title="Not in this backup">
          <Listed words={withheld} />
          The role that took it is not shown these. Test the connection of{' '}
          <Link href={`/admin/sources/${backup.sourceId}`} className="underline underline-offset-4">
            {backup.sourceName}
          </Link>
          : it says what to do.
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
