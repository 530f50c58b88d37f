'use client'

import { useState } from 'react'
import type { RecoveryCodes } from '@/lib/contracts/people/access'
import type { Me } from '@/lib/contracts/people/people'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { FormSection } from '@/components/ui/form-section'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { RecoveryCodesDialog } from './recovery-codes-dialog'
import { SecondFactorSetup } from './second-factor-setup'

/** The own second factor: set up, recovery codes, take off. */
export function SecondFactor({ access }: { access: NonNullable<Me['access']> }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [removing, setRemoving] = useState(false)
  const renew = useAction({
    run: () => api<RecoveryCodes>('/me/second-factor/recovery-codes', { method: 'POST' }),
    onDone: (made) => setCodes(made.recoveryCodes),
  })
  const remove = useAction({
    run: () => api<unknown>('/me/second-factor', { method: 'DELETE' }),
    done: 'The second factor is off',
    errors: 'inline',
    onDone: () => setRemoving(false),
  })
  return (
    <FormSection
      title="Second factor"
      note="A code of an authenticator app, asked for beside the password. It also confirms what cannot be undone."
    >
      {access.secondFactor ? (
        <>
          <p>
            <Badge tone="info">On</Badge>{' '}
            <span className={access.recoveryCodesLeft < 4 ? 'text-warn' : 'text-ink-2'}>
              {access.recoveryCodesLeft} recovery {access.recoveryCodesLeft === 1 ? 'code is' : 'codes are'} left
            </span>
          </p>
          <div className="flex flex-wrap gap-2">
            <Button variant="secondary" pending={renew.isPending} onClick={() => renew.mutate(undefined)}>
              New recovery codes
            </Button>
            <Button variant="secondary" onClick={() => setRemoving(true)}>
              Turn it off
            </Button>
          </div>
        </>
      ) : (
        <SecondFactorSetup onOn={setCodes} />
      )}
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title="Turn the second factor off?"
        action="Turn it off"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>From then on the password alone signs you in. The recovery codes no longer work.</p>
      </ConfirmDialog>
    </FormSection>
  )
}
