'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { QueryAnswer, Recovery, RecoveryQuery } from '@/lib/contracts/recovery/recoveries'
import { TimeCell } from '@/components/cells/time-cell'
import { engineScreen } from '@/components/engines/index'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Select, Textarea } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { sourceQuery } from '@/lib/client/queries/sources'
import { QueryResult } from './query-result'

/** Asks an open look: one statement that reads, and its answer. */
export function LookConsole({ recovery }: { recovery: Recovery }) {
  const { id, sourceId, databases, expiresAt } = recovery
  const { data: source } = useQuery(sourceQuery(sourceId))
  const own = source && engineScreen(source.engine).where(source).what
  const { may } = useMay('operator')
  const [chosen, setChosen] = useState<string>()
  const database = chosen ?? databases.find((name) => name === own) ?? databases[0]
  const [sql, setSql] = useState('')
  const ask = useAction({
    run: (body: RecoveryQuery) => api<QueryAnswer>(`/admin/recoveries/${id}/query`, { method: 'POST', body }),
    errors: 'inline',
  })
  const isEmpty = sql.trim() === ''
  const run = () => {
    if (may && !isEmpty && !ask.isPending) ask.mutate({ sql, ...(database === undefined ? {} : { database }) })
  }
  return (
    <Card aria-labelledby="look-title">
      <CardHeader
        id="look-title"
        title="Look"
        note={
          <>
            Every statement is recorded in the audit log, and nothing can be changed here. It is removed{' '}
            <TimeCell at={expiresAt} form="inline" />.
          </>
        }
      />
      <CardBody className="space-y-3">
        <form
          method="post"
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault()
            run()
          }}
        >
          <Field label="SQL" hint="One statement that reads. Ctrl+Enter runs it.">
            {(control) => (
              <Textarea
                {...control}
                className="min-h-28 font-mono text-[0.8125rem]"
                spellCheck={false}
                autoCapitalize="off"
                autoComplete="off"
                placeholder="SELECT …"
                value={sql}
                onChange={({ target }) => setSql(target.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
                  event.preventDefault()
                  run()
                }}
              />
            )}
          </Field>
          <div className="flex flex-wrap items-end justify-between gap-3">
            <Field label="Database" className="max-w-full">
              {(control) => (
                <Select {...control} value={database} onChange={({ target }) => setChosen(target.value)}>
                  {databases.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </Select>
              )}
            </Field>
            <RoleButton
              needs="operator"
              type="submit"
              pending={ask.isPending}
              disabled={isEmpty}
              title={isEmpty ? 'Write a statement first' : undefined}
            >
              Run
            </RoleButton>
          </div>
        </form>
        {ask.error && <ProblemNote error={ask.error} />}
        {ask.data && <QueryResult answer={ask.data} />}
      </CardBody>
    </Card>
  )
}
