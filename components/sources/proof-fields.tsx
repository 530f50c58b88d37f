import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import type { EngineScreen } from '@/components/engines/engine-screen'
import type { SourceValues } from './source-values'

const Enter = fieldsOf<SourceValues>()

/** What restore tests ask, how long they may take, and whether they may run without being kept apart. */
export function ProofFields({ screen: { ProofFields: Questions, proofNote } }: { screen: EngineScreen }) {
  return (
    <FormSection title="What restore tests ask" note={proofNote}>
      {Questions && <Questions />}
      <Enter.Number
        name="options.restoreTestLimitMs"
        label="Longest restore test, in hours"
        hint="One that takes longer is ended and decides nothing."
        className="max-w-64"
        unit={3_600_000}
      />
      <Enter.Switch
        name="options.acceptUnconfined"
        label="Accept that code of this database runs unconfined"
        hint="Leave this off. A restore test runs code that is in the backup; Holdfast keeps it from this machine's files, processes and network, and tests nothing where it cannot. With this on it tests all the same: anyone who owns an object in the database can then do on this machine whatever the worker can. Every evidence says so."
      />
    </FormSection>
  )
}
