'use client'

import { useQuery } from '@tanstack/react-query'
import { jobStates } from '@/lib/contracts/common'
import { verifiedSchema } from '@/lib/contracts/backup'
import { FilterForm } from '@/components/filters/filter-form'
import { FilterSelect } from '@/components/filters/filter-select'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { stateWords, verifiedWords } from '@/lib/client/words/words'

const states = jobStates.map((state) => [state, stateWords[state].label] as const)
const proofs = verifiedSchema.options.map((value) => [value, verifiedWords[value].label] as const)

export function BackupFilters() {
  const { data: sources } = useQuery(sourcesQuery())
  return (
    <FilterForm
      label="Filter the history"
      names={['source', 'status', 'verified']}
      className="lg:grid-cols-[1.4fr_1fr_1fr_1fr_1fr_auto]"
    >
      <FilterSelect
        label="Source"
        name="source"
        all="All sources"
        options={sources?.items.map(({ id, name }) => [id, name] as const) ?? []}
        className="max-sm:col-span-2"
      />
      <FilterSelect label="Status" name="status" all="Any" options={states} />
      <FilterSelect label="Restorable" name="verified" all="Any" options={proofs} />
    </FilterForm>
  )
}
