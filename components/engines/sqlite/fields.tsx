import { fieldsOf } from '@/components/form/fields-of'
import { AssertionFields } from '../assertion-fields'
import type { SqliteForm } from './values'

const Enter = fieldsOf<SqliteForm>()

export function ConnectionFields() {
  return (
    <Enter.Text
      name="connection.path"
      label="Database file"
      hint="On the worker’s machine. A pattern such as /srv/tenants/*.db takes every file that it matches"
      placeholder="/srv/app/app.db"
      spellCheck={false}
      inputClassName="font-mono"
    />
  )
}

export function LimitFields() {
  return (
    <>
      <Enter.Number
        name="options.lockTimeoutMs"
        label="Lock wait, in seconds"
        hint="The backup gives up instead of waiting longer for another program"
        unit={1_000}
      />
      <Enter.Number
        name="options.writersMayWaitMs"
        label="Writers wait at most, in seconds"
        hint="Only where the database is not in WAL mode: its copy is made under a lock"
        unit={1_000}
      />
    </>
  )
}

export function ProofFields() {
  return (
    <AssertionFields
      tablesHint="One on each line. Asked at the levels standard and comprehensive, in each database."
      tablesPlaceholder={'customers\norders'}
      selectHint="Answers one row; its first column counts. Runs read-only in the sandbox."
      selectPlaceholder="SELECT count(*) FROM orders WHERE customer_id IS NULL"
    />
  )
}

interface RestoreForm {
  target: { path: string }
}
const EnterTarget = fieldsOf<RestoreForm>()

export function TargetFields() {
  return (
    <EnterTarget.Text
      name="target.path"
      label="New file, or new folder where the source is a pattern"
      hint="On the worker’s machine; the folder above it must exist"
      placeholder="/srv/app/restored.db"
      spellCheck={false}
      inputClassName="font-mono"
    />
  )
}
