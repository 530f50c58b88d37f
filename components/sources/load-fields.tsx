import { Switch } from '@/components/ui/check'
import { FormSection } from '@/components/ui/form-section'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import type { LoadValues } from './load-values'

interface LoadFieldsProps {
  values: LoadValues
  errors: FieldErrors
  onChange: (changes: Partial<LoadValues>) => void
}

/** How much a backup may ask of the server it reads from. */
export function LoadFields({ values, errors, onChange }: LoadFieldsProps) {
  const text = (
    name: Exclude<keyof LoadValues, 'gentle' | 'fullSpeed'>,
    field: string,
    label: string,
    hint: string,
    numeric = true,
  ) => (
    <TextField
      label={label}
      hint={hint}
      optional={values[name] === ''}
      error={errors[field]}
      inputMode={numeric ? 'numeric' : 'text'}
      spellCheck={false}
      value={values[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <FormSection title="Load on the server" note="The defaults suit most servers.">
      <Switch
        label="Gentle mode"
        hint="One stream at low priority that slows down while others work on the server. A backup takes longer: 7 to 14 GB an hour on a server that is never idle."
        checked={values.gentle}
        onChange={(gentle) => onChange({ gentle })}
      />
      {!values.gentle && (
        <Switch
          label="Full speed"
          hint="Take what the machine gives even while others work on the server. Without it a large backup then slows down to the pace of a plain pg_dump."
          checked={values.fullSpeed}
          onChange={(fullSpeed) => onChange({ fullSpeed })}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {!values.gentle &&
          text(
            'parallelism',
            'options.parallelism',
            'Streams side by side',
            'Empty: by cores and size of the database',
          )}
        {text(
          'maxConnections',
          'options.maxConnections',
          'Most connections',
          'Fewer are used when the server has few left',
        )}
        {text(
          'replicaHost',
          'options.replica.host',
          'Read from a replica: its host',
          'A standby of the same cluster. The primary is read when it fails or a conflict ends the backup',
          false,
        )}
        {values.replicaHost.trim() !== '' &&
          text('replicaPort', 'options.replica.port', 'Port of the replica', 'User, database and TLS are as above')}
      </div>
    </FormSection>
  )
}
