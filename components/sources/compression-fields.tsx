import { Gauge } from 'lucide-react'
import { useFormContext, useWatch } from 'react-hook-form'
import type { CompressionAdvice } from '@/lib/contracts/compression-advice'
import { compressions, type Compression } from '@/lib/contracts/engines/common'
import { engineContract } from '@/lib/contracts/engines/index'
import { compressionLevels } from '@/lib/core/compression/levels'
import { fieldsOf } from '@/components/form/fields-of'
import { RoleButton } from '@/components/shell/role-button'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { CompressionAdviceTable } from './compression-advice-table'
import type { SourceValues } from './source-values'

const Enter = fieldsOf<SourceValues>()

interface CompressionFieldsProps {
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

const choices = compressions.map((name) => ({ value: name, label: name }))

/** How the backups of a source are compressed, and a measurement of its own data to choose by. */
export function CompressionFields({ sourceId }: CompressionFieldsProps) {
  const { setValue } = useFormContext<SourceValues>()
  const [engine, compression, level] = useWatch<
    SourceValues,
    ['engine', 'options.compression', 'options.compressionLevel']
  >({ name: ['engine', 'options.compression', 'options.compressionLevel'] })
  const measurable = engineContract(engine).sampled
  const measure = useAction({
    run: () => api<CompressionAdvice>(`/admin/sources/${sourceId}/compression-advice`, { method: 'POST' }),
    errors: 'inline',
  })
  const levels = compression === 'none' ? null : compressionLevels[compression]
  const takeLevel = (chosen: Compression, wanted?: number) => {
    if (chosen !== 'none') setValue('options.compressionLevel', wanted ?? compressionLevels[chosen].usual)
  }
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        <Enter.Select
          name="options.compression"
          label="Compression"
          hint={goodFor[compression]}
          choices={choices}
          onChosen={(chosen) => takeLevel(compressions.find((name) => name === chosen) ?? 'zstd')}
        />
        {levels && (
          <Enter.Number name="options.compressionLevel" label="Level" hint={`${levels.least} to ${levels.most}`} />
        )}
        {levels?.threaded && (
          <Enter.Number name="options.compressionThreads" label="Threads" hint="Of each stream's compressor" />
        )}
      </div>
      {measurable &&
        (sourceId ? (
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
                  current={{ compression, level: level ?? NaN }}
                  onUse={(chosen, wanted) => {
                    setValue('options.compression', chosen)
                    takeLevel(chosen, wanted)
                  }}
                />
              )}
            </div>
          </div>
        ) : (
          <p className="text-xs text-ink-3">
            Once the source is saved, its own data can be measured here to choose by.
          </p>
        ))}
    </>
  )
}
