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
        hint="One that takes longer is stopped, and its result is inconclusive."
        className="max-w-64"
        unit={3_600_000}
      />
      <Enter.Switch
        name="options.acceptUnconfined"
        label="Test even where the sandbox cannot keep it apart"
        hint="Leave this off. Code in a backup runs in a restore test, and its bytes can attack the programs that read them. Holdfast keeps both from this machine’s files, processes and network, and tests nothing where it cannot. With this on it tests anyway: anyone who can change the source may then do on this machine what the worker’s user may. Every evidence says so."
      />
    </FormSection>
  )
}
