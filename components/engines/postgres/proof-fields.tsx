import { AssertionFields } from '../assertion-fields'

export function ProofFields() {
  return (
    <AssertionFields
      tablesHint="One on each line, as schema.table. Asked at the levels standard and comprehensive."
      tablesPlaceholder={'public.customers\npublic.orders'}
      selectHint="Answers one row; its first column counts. Names with their schema, times are in UTC. Runs read-only in the sandbox, for a minute at most."
      selectPlaceholder="SELECT count(*) FROM public.orders WHERE customer_id IS NULL"
    />
  )
}
