'use client'

import { useId } from 'react'
import { useQuery } from '@tanstack/react-query'
import { tokenScopes, type TokenScope } from '@/lib/contracts/people/token-scope'
import { Checkbox } from '@/components/ui/check'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { scopeWords } from '@/lib/client/words/token-scope-words'

interface TokenLimitsProps {
  scopes: TokenScope[]
  sourceIds: string[]
  onScopes: (scopes: TokenScope[]) => void
  onSources: (ids: string[]) => void
}

/** What a token may be used for, and of which sources. Nothing chosen means no limit, and that is said. */
export function TokenLimits({ scopes, sourceIds, onScopes, onSources }: TokenLimitsProps) {
  const sources = useQuery(sourcesQuery())
  const [scopesId, sourcesId] = [useId(), useId()]
  return (
    <div className="space-y-4">
      <fieldset aria-describedby={scopesId}>
        <legend className="text-[0.8125rem] font-medium">May be used for</legend>
        <p id={scopesId} className="mt-0.5 mb-2 text-xs text-ink-3">
          {scopes.length === 0 ? 'Nothing chosen: everything that its role may.' : 'Only this, as far as its role may.'}
        </p>
        <div className="max-h-56 space-y-2 overflow-y-auto rounded-md border border-line p-3">
          {tokenScopes.map((scope) => (
            <Checkbox
              key={scope}
              label={<code className="font-mono text-xs">{scope}</code>}
              hint={scopeWords[scope]}
              checked={scopes.includes(scope)}
              onChange={(checked) => onScopes(toggled(scopes, scope, checked))}
            />
          ))}
        </div>
      </fieldset>
      {sources.data && sources.data.items.length > 0 && (
        <fieldset aria-describedby={sourcesId}>
          <legend className="text-[0.8125rem] font-medium">For these sources</legend>
          <p id={sourcesId} className="mt-0.5 mb-2 text-xs text-ink-3">
            {sourceIds.length === 0
              ? 'Nothing chosen: all sources.'
              : 'Only these; of others it sees nothing, and nothing that is about the whole instance.'}
          </p>
          <div className="max-h-40 space-y-2 overflow-y-auto rounded-md border border-line p-3">
            {sources.data.items.map((source) => (
              <Checkbox
                key={source.id}
                label={source.name}
                checked={sourceIds.includes(source.id)}
                onChange={(checked) => onSources(toggled(sourceIds, source.id, checked))}
              />
            ))}
          </div>
        </fieldset>
      )}
    </div>
  )
}

function toggled<Item>(items: Item[], item: Item, on: boolean): Item[] {
  return on ? [...items.filter((each) => each !== item), item] : items.filter((each) => each !== item)
}
