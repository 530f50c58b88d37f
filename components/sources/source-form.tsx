'use client'

import { useState, type FormEvent } from 'react'
import { PlugZap } from 'lucide-react'
import {
  createSourceSchema,
  updateSourceSchema,
  type Inspection,
  type Source,
  type TlsOffer,
} from '@/lib/contracts/source'
import { RoleButton } from '@/components/shell/role-button'
import { FieldsNote } from '@/components/ui/form'
import { FormSection } from '@/components/ui/form-section'
import { ProblemNote } from '@/components/ui/problem-note'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/hooks/use-action'
import { ConnectionFields, focusCa } from './connection-fields'
import { CopyRuleFields } from './copy-rule-fields'
import { InspectionResult } from './inspection-result'
import { LoadFields } from './load-fields'
import { OptionFields } from './option-fields'
import { ProofFields } from './proof-fields'
import { RoleSnippet } from './role-snippet'
import {
  emptySource,
  passwordHintOf,
  sourceInputOf,
  sourcePatchOf,
  valuesOfSource,
  type SourceValues,
} from './source-values'

interface SourceFormProps {
  source?: Source
  onSaved: (source: Source) => void
}

/** A new source, or a stored one with its password left alone unless a new one is typed. */
export function SourceForm({ source, onSaved }: SourceFormProps) {
  const [values, setValues] = useState<SourceValues>(source ? valuesOfSource(source) : emptySource)
  const [wrong, setWrong] = useState<FieldErrors>({})
  const input = sourceInputOf(values)
  const save = useAction({
    run: (body: unknown) =>
      api<Source>(source ? `/admin/sources/${source.id}` : '/admin/sources', {
        method: source ? 'PATCH' : 'POST',
        body,
      }),
    done: (saved) => (source ? `${saved.name} is saved` : `${saved.name} is added`),
    errors: 'inline',
    onDone: onSaved,
  })
  const probe = useAction({
    run: (body: unknown) =>
      api<Inspection>(source ? `/admin/sources/${source.id}/test-connection` : '/admin/sources/test-connection', {
        method: 'POST',
        body,
      }),
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(probe.error), ...fieldErrorsOf(save.error), ...wrong }
  const change = (changes: Partial<SourceValues>) => setValues({ ...values, ...changes })
  const checked = () => {
    const result = source ? checkForm(updateSourceSchema, sourcePatchOf(values)) : checkForm(createSourceSchema, input)
    setWrong(result.ok ? {} : result.errors)
    return result.ok ? result.value : null
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    const body = checked()
    if (body) save.mutate(body)
  }
  function test(tried = values) {
    const entered = sourceInputOf(tried)
    // A name is not needed to try a connection.
    const body = { ...entered, name: entered.name || 'not named yet' }
    const result = checkForm(createSourceSchema, body)
    setWrong(result.ok ? {} : result.errors)
    if (result.ok) probe.mutate(source ? { connection: entered.connection } : body)
  }
  function take({ ssl, needsCa }: TlsOffer) {
    const next = { ...values, ssl }
    setValues(next)
    if (!needsCa) return test(next)
    // The field may only come with the mode.
    requestAnimationFrame(focusCa)
  }

  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <FormSection title="Source" note="What it is called here, in alerts and in the backups.">
        <TextField
          label="Name"
          error={errors.name}
          placeholder="Shop, production"
          value={values.name}
          onChange={(typed) => change({ name: typed })}
        />
        <TextField
          label="Tags"
          optional
          hint="Words with commas between; alert channels can choose by them"
          error={errors.tags ?? errors['tags.0']}
          placeholder="production, shop team"
          value={values.tags}
          onChange={(typed) => change({ tags: typed })}
        />
      </FormSection>
      <FormSection
        title="Connection"
        note="PostgreSQL, by address or by the folder of its Unix socket. The password is stored sealed and never shown again."
      >
        <ConnectionFields
          values={values}
          errors={errors}
          passwordHint={source?.connection.hasPassword ? passwordHintOf(source, values) : undefined}
          onChange={change}
        />
        <div>
          <RoleButton needs="admin" variant="secondary" pending={probe.isPending} onClick={() => test()}>
            <PlugZap aria-hidden /> Test the connection
          </RoleButton>
        </div>
        <div aria-live="polite">
          {probe.error && !probe.isPending && (
            <ProblemNote error={probe.error} title="The connection could not be tested" />
          )}
          {probe.data && !probe.isPending && <InspectionResult inspection={probe.data} onOffer={take} />}
        </div>
        <RoleSnippet database={values.database} />
      </FormSection>
      <OptionFields values={values} errors={errors} onChange={change} sourceId={source?.id} />
      <LoadFields values={values} errors={errors} onChange={change} />
      <CopyRuleFields values={values} errors={errors} onChange={change} />
      <ProofFields values={values} errors={errors} onChange={change} />
      {save.error && (
        <ProblemNote error={save.error} title={source ? 'The source was not changed' : 'The source was not added'} />
      )}
      <FieldsNote refused={Object.keys(wrong).length > 0} />
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" pending={save.isPending}>
          {source ? 'Save the source' : 'Add the source'}
        </RoleButton>
      </div>
    </form>
  )
}
