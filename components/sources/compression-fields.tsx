import { Gauge } from 'lucide-react'
import type { CompressionAdvice } from '@/lib/contracts/compression-advice'
import { compressions, type Compression } from '@/lib/contracts/engines/common'
import { compressionLevels } from '@/lib/core/compression/levels'
import { RoleButton } from '@/components/shell/role-button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import type { FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/hooks/use-action'
import { CompressionAdviceTable } from './compression-advice-table'
import type { SourceValues } from './source-values'

interface CompressionFieldsProps {
  values: SourceValues
  errors: FieldErrors
  onChange: (changes: Partial<SourceValues>) => void
  /** Of a stored source, whose own data can be measured. */
  sourceId: string | undefined
}

const goodFor: Record<Compression, string> = {
  zstd: 'Right for nearly everything',
  gzip: 'Slow; a restore needs nothing that is not everywhere',
  lz4: 'Least CPU, largest backups',
  bzip2: 'Slow; where a rule asks for it',
  xz: 'Slow and small; levels above 6 take much memory',
  none: 'For data that is compressed already',
}

/** How the backups of a source are compressed, and a measurement of its own data to choose by. */
export function CompressionFields({ values, errors, onChange, sourceId }: CompressionFieldsProps) {
  const measure = useAction({
    run: () => api<CompressionAdvice>(`/admin/sources/${sourceId}/compression-advice`, { method: 'POST' }),
    errors: 'inline',
  })
  const levels = values.compression === 'none' ? null : compressionLevels[values.compression]
  const choose = (compression: Compression, level?: number) =>
    onChange({
      compression,
      ...(compression === 'none' ? {} : { compressionLevel: String(level ?? compressionLevels[compression].usual) }),
    })
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Compression" hint={goodFor[values.compression]}>
          {(control) => (
            <Select
              {...control}
              value={values.compression}
              onChange={(event) => choose(compressions.find((name) => name === event.target.value) ?? 'zstd')}
            >
              {compressions.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {levels && (
          <TextField
            label="Level"
            hint={`${levels.least} to ${levels.most}`}
            error={errors['options.compressionLevel']}
            inputMode="numeric"
            value={values.compressionLevel}
            onChange={(typed) => onChange({ compressionLevel: typed })}
          />
        )}
        {levels?.threaded && (
          <TextField
            label="Threads"
            hint="Of each stream's compressor"
            error={errors['options.compressionThreads']}
            inputMode="numeric"
            value={values.compressionThreads}
            onChange={(typed) => onChange({ compressionThreads: typed })}
          />
        )}
      </div>
      {sourceId ? (
        <div className="space-y-3">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <RoleButton
              needs="operator"
              variant="secondary"
              size="sm"
              pending={measure.isPending}
              onClick={() => measure.mutate(undefined)}
            >
              <Gauge aria-hidden /> Measure
            </RoleButton>
            <span className="text-xs text-ink-3">
              {measure.isPending
                ? 'Reading a sample and compressing it in every usual way: about 20 seconds.'
                : 'Compares compressions on a sample of this source.'}
            </span>
          </div>
          <div aria-live="polite">
            {measure.error && !measure.isPending && (
              <ProblemNote error={measure.error} title="Nothing could be measured" />
            )}
            {measure.data && !measure.isPending && (
              <CompressionAdviceTable
                advice={measure.data}
                current={{ compression: values.compression, level: Number(values.compressionLevel) }}
                onUse={choose}
              />
            )}
          </div>
        </div>
      ) : (
        <p className="text-xs text-ink-3">Once the source is saved, its own data can be measured here to choose by.</p>
      )}
    </>
  )
}
