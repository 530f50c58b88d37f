import { NumberSettings } from './number-settings'

const fields = [
  { name: 'global', label: 'At once in all', hint: 'Backups and restore tests of all workers' },
  { name: 'perHost', label: 'On one host', hint: 'Backups that read from the same server' },
  { name: 'perDestination', label: 'To one destination', hint: 'Jobs that write to the same place' },
]

/** How much may run at once. */
export function Limits() {
  return (
    <NumberSettings
      section="limits"
      title="Limits"
      note="What finds a limit full waits, oldest first, and says so; nothing is skipped. Restores never wait."
      fields={fields}
      save="Save the limits"
      saved="The limits are saved"
    >
      <p className="text-[0.8125rem] text-ink-3">
        Beside these, one worker process takes at most as many backups as HOLDFAST_BACKUP_CONCURRENCY says (2) and one
        restore test.
      </p>
    </NumberSettings>
  )
}
