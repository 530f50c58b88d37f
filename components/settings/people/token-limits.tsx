'use client'

import { useId } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { tokenScopes, type TokenScope } from '@/lib/contracts/people/token-scope'
import { fieldsOf } from '@/components/form/fields-of'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { scopeWords } from '@/lib/client/words/token-scope-words'

export interface TokenLimitValues {
  scopes: TokenScope[]
  sourceIds: string[]
}
const Enter = fieldsOf<TokenLimitValues>()

const scopeChoices = tokenScopes.map((scope) => ({
  value: scope,
  label: <code className="font-mono text-xs">{scope}</code>,
  hint: scopeWords[scope],
}))

/** What a token may be used for, and of which sources. Nothing chosen means no limit, and the form says so. */
export function TokenLimits() {
  const sources = useQuery(sourcesQuery())
  const [scopes, sourceIds] = useWatch<TokenLimitValues, ['scopes', 'sourceIds']>({ name: ['scopes', 'sourceIds'] })
  const [scopesId, sourcesId] = [useId(), useId()]
  return (
    <div className="space-y-4">
      <fieldset aria-describedby={scopesId}>
        <legend className="text-[0.8125rem] font-medium">May be used for</legend>
        <p id={scopesId} className="mt-0.5 mb-2 text-xs text-ink-3">
          {scopes.length === 0 ? 'Nothing chosen: everything that its role may.' : 'Only this, as far as its role may.'}
        </p>
        <Enter.Checks
          name="scopes"
          choices={scopeChoices}
          className="max-h-56 space-y-2 overflow-y-auto rounded-md border border-line p-3"
        />
      </fieldset>
      {sources.data && sources.data.items.length > 0 && (
        <fieldset aria-describedby={sourcesId}>
          <legend className="text-[0.8125rem] font-medium">For these sources</legend>
          <p id={sourcesId} className="mt-0.5 mb-2 text-xs text-ink-3">
            {sourceIds.length === 0
              ? 'Nothing chosen: all sources.'
              : 'Only these; of others it sees nothing, and nothing that is about the whole instance.'}
          </p>
          <Enter.Checks
            name="sourceIds"
            choices={sources.data.items.map(({ id, name }) => ({ value: id, label: name }))}
            className="max-h-40 space-y-2 overflow-y-auto rounded-md border border-line p-3"
          />
        </fieldset>
      )}
    </div>
  )
}
