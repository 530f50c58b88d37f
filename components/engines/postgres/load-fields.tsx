import { useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import type { PostgresForm } from './values'

const Enter = fieldsOf<PostgresForm>()

/** How much a backup may ask of the server it reads from. */
export function LoadFields() {
  const [gentle, replica] = useWatch<PostgresForm, ['options.gentle', 'options.replica.host']>({
    name: ['options.gentle', 'options.replica.host'],
  })
  return (
    <FormSection title="Load on the server" note="The defaults suit most servers.">
      <Enter.Switch
        name="options.gentle"
        label="Gentle mode"
        hint="One stream at low priority that slows down while others work on the server. A backup takes longer: 7 to 14 GB an hour on a server that is never idle."
      />
      {!gentle && (
        <Enter.Switch
          name="options.fullSpeed"
          label="Full speed"
          hint="Take what the machine gives even while others work on the server. Without it a large backup then slows down to the pace of a plain pg_dump."
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {!gentle && (
          <Enter.Number
            name="options.parallelism"
            label="Streams side by side"
            hint="Empty: by cores and size of the database"
            optional
          />
        )}
        <Enter.Number
          name="options.maxConnections"
          label="Most connections"
          hint="Fewer are used when the server has few left"
        />
        <Enter.Number
          name="options.longestChain"
          label="Incremental base backups before a full one"
          hint="A recovery reads the full one and every incremental one up to its own"
        />
        <Enter.Text
          name="options.replica.host"
          label="Read from a replica: its host"
          hint="A standby of the same cluster. The primary is read when it fails or a conflict ends the backup"
          optional
          spellCheck={false}
        />
        {replica.trim() !== '' && (
          <Enter.Number
            name="options.replica.port"
            label="Port of the replica"
            hint="User, database and TLS are as above"
          />
        )}
      </div>
    </FormSection>
  )
}
