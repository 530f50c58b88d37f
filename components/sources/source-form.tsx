'use client'

import { PlugZap } from 'lucide-react'
import { useWatch } from 'react-hook-form'
import { createSourceSchema, type Inspection, type Source } from '@/lib/contracts/source'
import { engineScreen, engineTitle, offeredEngines } from '@/components/engines/index'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { useForm } from '@/lib/client/hooks/use-form'
import { CopyRuleFields } from './copy-rule-fields'
import { InspectionResult } from './inspection-result'
import { OptionFields } from './option-fields'
import { ProofFields } from './proof-fields'
import {
  emptySource,
  secretHintsOf,
  sourceInputOf,
  sourcePatchOf,
  usualEngine,
  valuesOfSource,
  type SourceValues,
} from './source-values'

const Enter = fieldsOf<SourceValues>()
const engines = offeredEngines.map((engine) => ({ value: engine, label: engineTitle(engine) }))

interface SourceFormProps {
  source?: Source
  onSaved: (source: Source) => void
}

/** A new source, or a stored one with its engine, and with its secrets left alone unless new ones are typed. */
export function SourceForm({ source, onSaved }: SourceFormProps) {
  const form = useForm({
    schema: createSourceSchema,
    initial: source ? valuesOfSource(source) : emptySource(usualEngine()),
    inputOf: sourceInputOf,
    bodyOf: source ? sourcePatchOf : sourceInputOf,
    run: (body: unknown) =>
      api<Source>(source ? `/admin/sources/${source.id}` : '/admin/sources', {
        method: source ? 'PATCH' : 'POST',
        body,
      }),
    done: (saved) => (source ? `${saved.name} is saved` : `${saved.name} is added`),
    onDone: onSaved,
  })
  const { control, getValues, reset } = form.fields
  const probe = useAction({
    run: (body: unknown) =>
      api<Inspection>(source ? `/admin/sources/${source.id}/test-connection` : '/admin/sources/test-connection', {
        method: 'POST',
        body,
      }),
    errors: 'inline',
    onFailed: form.mark,
  })
  const values = useWatch({ control, compute: (typed: SourceValues) => typed })
  const screen = engineScreen(values.engine)
  const { ConnectionFields, LimitFields, Offers, OptionsFields, SetupHelp } = screen

  /** A name is not needed to try a connection. */
  async function test() {
    if (!(await form.check(['connection', 'options']))) return
    const entered = sourceInputOf(getValues())
    probe.mutate(source ? { connection: entered.connection } : { ...entered, name: entered.name || 'not named yet' })
  }

  return (
    <Form
      form={form}
      failedTitle={source ? 'The source was not changed' : 'The source was not added'}
      actions={
        <div className="flex justify-end">
          <RoleButton needs="admin" type="submit" pending={form.action.isPending}>
            {source ? 'Save the source' : 'Add the source'}
          </RoleButton>
        </div>
      }
    >
      <FormSection title="Source" note="What it is called here, in alerts and in the backups.">
        {!source && engines.length > 1 && (
          <Enter.Select
            name="engine"
            label="Engine"
            choices={engines}
            choose={(chosen) => {
              const engine = offeredEngines.find((each) => each === chosen)
              if (engine) reset(emptySource(engine, getValues()))
            }}
          />
        )}
        <Enter.Text name="name" label="Name" placeholder="Shop, production" />
        <Enter.Words
          name="tags"
          label="Tags"
          optional
          hint="Words with commas between; alert channels can choose by them"
          placeholder="production, shop team"
        />
      </FormSection>
      <FormSection title="Connection" note={screen.connectionNote}>
        <ConnectionFields key={values.engine} secretHints={source ? secretHintsOf(source, values) : {}} />
        <div>
          <RoleButton needs="admin" variant="secondary" pending={probe.isPending} onClick={() => void test()}>
            <PlugZap aria-hidden /> Test the connection
          </RoleButton>
        </div>
        <div aria-live="polite">
          {probe.error && !probe.isPending && (
            <ProblemNote error={probe.error} title="The connection could not be tested" />
          )}
          {probe.data && !probe.isPending && (
            <InspectionResult
              engine={values.engine}
              inspection={probe.data}
              offers={Offers && <Offers inspection={probe.data} retry={() => void test()} />}
            />
          )}
        </div>
        {SetupHelp && <SetupHelp />}
      </FormSection>
      <OptionFields sourceId={source?.id} limits={LimitFields && <LimitFields />} />
      {OptionsFields && <OptionsFields />}
      <CopyRuleFields />
      <ProofFields screen={screen} />
    </Form>
  )
}
