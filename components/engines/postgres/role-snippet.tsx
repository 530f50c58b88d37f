'use client'

import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import type { Source } from '@/lib/contracts/source'
import { CodeBlock } from '@/components/ui/code-block'
import { api } from '@/lib/client/api'
import { ownSource } from '../own-source'
import type { PostgresForm } from './values'

const quote = (name: string): string => `"${name.replace(/"/g, '""')}"`

/** A role that may read everything and change nothing; for servers from version 14 on. */
const generalSql = (database: string): string => `-- As an administrator of the server:
CREATE ROLE holdfast_backup LOGIN PASSWORD 'choose a long one';
GRANT CONNECT ON DATABASE ${quote(database || 'your_database')} TO holdfast_backup;
GRANT pg_read_all_data TO holdfast_backup;`

/** SQL for a least-privilege role. A stored source asks its engine, which knows the server. */
export function RoleSnippet({ source }: { source?: Source }) {
  return source ? (
    <Snippet database={ownSource(source, 'postgres').connection.database} sourceId={source.id} />
  ) : (
    <TypedSnippet />
  )
}

function TypedSnippet() {
  return <Snippet database={useWatch<PostgresForm, 'connection.database'>({ name: 'connection.database' })} />
}

function Snippet({ database, sourceId }: { database: string; sourceId?: string }) {
  const { data } = useQuery({
    queryKey: ['backup-role-sql', sourceId],
    queryFn: ({ signal }) => api<{ sql: string }>(`/admin/sources/${sourceId}/backup-role-sql`, { signal }),
    enabled: sourceId !== undefined,
    refetchInterval: false,
  })
  return (
    <details className="rounded-md border border-line px-3 py-2">
      <summary className="font-medium">A role that may only read, to paste into psql</summary>
      <div className="pt-3 pb-1">
        <CodeBlock text={data?.sql ?? generalSql(database)} label="Copy SQL" />
      </div>
    </details>
  )
}
