import { useWatch } from 'react-hook-form'
import type { Source } from '@/lib/contracts/source'
import { fieldsOf } from '@/components/form/fields-of'
import { Callout } from '@/components/ui/callout'
import { parseSelection, type TableSelection } from '@/lib/contracts/engines/table-selection'
import type { RestoreScreen } from '../engine-screen'
import { ownSource } from '../own-source'

export interface PostgresTarget {
  database: string
  owners: 'keep' | 'drop'
  /** `schema.table` or `schema.*`, one a line; empty: everything. */
  only: string
}

interface RestoreForm {
  target: PostgresTarget
}
const Enter = fieldsOf<RestoreForm>()

export const postgresRestore: RestoreScreen<PostgresTarget> = {
  title: 'Restore into a new database',
  description: 'An existing database is never written to: the name must be free on the server.',
  empty: { database: '', owners: 'keep', only: '' },
  targetOf: ({ database, owners, only }) => ({ database, owners, only: readSelection(only).only }),
  wrongOf(target): Readonly<Record<string, string>> {
    const { error } = readSelection(target.only)
    return error === undefined ? {} : { 'target.only': error }
  },
  Fields: TargetFields,
  Note: RestoredCodeNote,
}

const owners = [
  { value: 'keep', label: 'As in the backup' },
  { value: 'drop', label: 'Leave out' },
]

function TargetFields() {
  const kept = useWatch<RestoreForm, 'target.owners'>({ name: 'target.owners' }) === 'keep'
  return (
    <>
      <Enter.Text name="target.database" label="New database" placeholder="shop_restored" />
      <Enter.Select
        name="target.owners"
        label="Owners and grants"
        hint={kept ? 'The roles must exist on the server.' : 'Everything belongs to the connecting user.'}
        choices={owners}
      />
      <Enter.Area
        name="target.only"
        label="Only these tables"
        hint="Empty: everything. Else schema.table or schema.*, one a line; the tables come with their indexes and what they need."
        rows={2}
        placeholder="public.orders"
      />
    </>
  )
}

/** What is in a backup runs where it is restored: that is said before it happens. */
function RestoredCodeNote({ target }: { target: Source }) {
  const { user } = ownSource(target, 'postgres').connection
  if (target.inspection?.superuser) {
    return (
      <Callout tone="warn" title="Restoring runs the backup’s code as superuser">
        {target.name} is reached as {user}, a superuser: functions, constraints and indexes of the backup may do
        anything on that server. A role with CREATEDB is enough for a restore.
      </Callout>
    )
  }
  return (
    <p className="text-[0.8125rem] text-ink-2">
      Restoring runs the backup’s code (functions, constraints, indexes) with the role {user}. Restore only what you
      trust with it.
    </p>
  )
}

function readSelection(text: string): { only?: TableSelection; error?: string } {
  try {
    const only = parseSelection(text)
    return only.tables.length + only.schemas.length > 0 ? { only } : {}
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
