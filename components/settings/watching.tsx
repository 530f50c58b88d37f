import { CloudWatch } from './cloud-watch'
import { NumberSettings } from './number-settings'

const watchFields = [
  { name: 'nearlyFullShare', label: 'Nearly full, in %', hint: 'Filled share of a destination', percent: true },
  { name: 'certificateDays', label: 'Certificates, in days', hint: 'Reported this long before they expire' },
  { name: 'tokenDays', label: 'API tokens, in days', hint: 'Reported this long before they expire' },
]
const verificationFields = [
  { name: 'everyDays', label: 'At least every … days', hint: 'Each copy is read to its end and compared' },
]
const recordsFields = [
  { name: 'jobDays', label: 'Jobs, in days', hint: 'With their logs, after they ended' },
  { name: 'alertDays', label: 'Alerts, in days', hint: 'With their deliveries, after they ended' },
]

/** When what is watched becomes an alert, how often stored bytes are read, how long records stay, who gets figures. */
export function Watching() {
  return (
    <div className="space-y-4">
      <NumberSettings
        section="watch"
        title="What is watched"
        note="From here on an alert is raised, once, and ended by itself."
        fields={watchFields}
        save="Save what is watched"
        saved="What is watched is saved"
      />
      <NumberSettings
        section="verification"
        title="Reading copies back"
        note="Every day a share of all stored bytes is read, the longest unread first."
        fields={verificationFields}
        save="Save how often"
        saved="How often copies are read is saved"
      />
      <NumberSettings
        section="records"
        title="Records"
        note="Older ones are removed every hour. Backups, restore tests, restores with their jobs, and the audit log stay."
        fields={recordsFields}
        save="Save how long"
        saved="How long records are kept is saved"
      />
      <CloudWatch />
    </div>
  )
}
