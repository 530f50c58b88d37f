import type { ReactNode } from 'react'
import { useWatch } from 'react-hook-form'
import { encryptionChoices } from '@/lib/contracts/encryption'
import { fieldsOf } from '@/components/form/fields-of'
import { Callout } from '@/components/ui/callout'
import { FormSection } from '@/components/ui/form-section'
import { CompressionFields } from './compression-fields'
import type { SourceValues } from './source-values'

const Enter = fieldsOf<SourceValues>()

const encryptions = encryptionChoices.map((choice) => ({ value: choice, label: choice }))

interface OptionFieldsProps {
  /** Of a stored source. */
  sourceId?: string | undefined
  /** Limits that the engine has of its own. */
  limits?: ReactNode
}

/** Options of every source, whatever its engine. */
export function OptionFields({ sourceId, limits }: OptionFieldsProps) {
  const encryption = useWatch<SourceValues, 'options.encryption'>({ name: 'options.encryption' })
  return (
    <>
      <FormSection title="Objectives" note="What is promised. The overview compares it with what is measured.">
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Number
            name="options.rpoObjectiveMs"
            label="Largest data loss, in hours"
            hint="Recovery point objective"
            optional
            unit={3_600_000}
          />
          <Enter.Number
            name="options.rtoObjectiveMs"
            label="Longest restore, in minutes"
            hint="Recovery time objective; restore tests are timed against it"
            optional
            unit={60_000}
          />
        </div>
      </FormSection>
      <FormSection title="How it is backed up" note="The defaults are safe for production.">
        <CompressionFields sourceId={sourceId} />
        <div className="grid gap-4 sm:grid-cols-3">
          <Enter.Select name="options.encryption" label="Encryption" choices={encryptions} />
        </div>
        {encryption === 'none' && (
          <Callout tone="warn" title="Anyone who can read the destination can read the data">
            Leave encryption on unless the destination encrypts by itself and its readers are trusted.
          </Callout>
        )}
        <Enter.Switch
          name="options.lowPriority"
          label="Lowest priority"
          hint="The tools on the worker take CPU and disk only when nothing else wants them."
        />
        <details className="rounded-md border border-line px-3 py-2">
          <summary className="font-medium">Limits and attempts</summary>
          <div className="grid gap-4 pt-3 pb-2 sm:grid-cols-2">
            {limits}
            <Enter.Number
              name="options.rateLimitBytesPerSecond"
              label="Upload limit, in MiB/s"
              hint="Empty: no limit"
              optional
              unit={1_048_576}
            />
            <Enter.Number
              name="options.slowAfterMs"
              label="Alert when longer than, in minutes"
              hint="The backup itself goes on"
              unit={60_000}
            />
            <Enter.Number
              name="options.maxAttempts"
              label="Attempts"
              hint="Only after errors that may pass, such as a network error"
            />
          </div>
        </details>
      </FormSection>
    </>
  )
}
