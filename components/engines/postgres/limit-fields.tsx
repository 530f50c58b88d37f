import { fieldsOf } from '@/components/form/fields-of'
import type { PostgresForm } from './values'

const Enter = fieldsOf<PostgresForm>()

/** How long a backup waits for what others hold. */
export function LimitFields() {
  return (
    <>
      <Enter.Number
        name="options.lockTimeoutMs"
        label="Lock wait, in seconds"
        hint="The dump gives up instead of holding up production"
        unit={1_000}
      />
      <Enter.Number
        name="options.stallTimeoutMs"
        label="Dead connection after, in minutes"
        hint="Nothing moves and the server waits, too. Empty: ten minutes"
        optional
        unit={60_000}
      />
    </>
  )
}
