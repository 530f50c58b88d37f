import { NumberSettings, type NumberField } from '@/components/settings/number-settings'

const fields: readonly NumberField[] = [
  {
    name: 'graceDays',
    label: 'Days of grace',
    hint: 'In which a deletion by request, or by changed rules, can be undone',
  },
  {
    name: 'pauseOnDropShare',
    label: 'Pause at a loss of, in percent',
    hint: 'When the newest backup has lost so much of its size, or of the rows, tables or files in it, nothing is deleted until someone has looked',
    percent: true,
  },
]

/** How long a deletion can be undone, and when retention stops by itself. */
export function RetentionSettings() {
  return (
    <NumberSettings
      section="retention"
      title="Before anything is deleted"
      note="For every policy. The last good backup of a source is never deleted, whatever is set here."
      fields={fields}
      save="Save the settings"
      saved="The settings of retention are saved"
    />
  )
}
