'use client'

import { useSyncExternalStore } from 'react'
import type { OidcTest } from '@/lib/contracts/people/access'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CodeBlock } from '@/components/ui/code-block'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

const never = () => () => undefined

/** The address to register with the provider, and a try of what is stored. */
export function OidcTester({ callbackPath }: { callbackPath: string }) {
  const origin = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => '',
  )
  const test = useAction({
    run: () => api<OidcTest>('/admin/oidc/test', { method: 'POST' }),
    errors: 'inline',
  })
  return (
    <div className="space-y-3">
      <div>
        <p className="mb-1 text-[0.8125rem] font-medium">Redirect URI to register with the provider</p>
        <CodeBlock text={`${origin}${callbackPath}`} />
      </div>
      <Button variant="secondary" pending={test.isPending} onClick={() => test.mutate(undefined)}>
        Test what is saved
      </Button>
      {test.error && <ProblemNote error={test.error} />}
      {test.data && (
        <Callout
          tone={test.data.ok ? 'info' : 'bad'}
          role="status"
          title={test.data.ok ? 'The provider answers and knows this client' : 'Single sign-on would not work'}
        >
          <ul className="space-y-0.5">
            {test.data.checks.map((check) => (
              <li key={check.name}>
                {check.ok ? '✓' : '✗'} {check.name}: {check.detail}
              </li>
            ))}
          </ul>
        </Callout>
      )}
    </div>
  )
}
