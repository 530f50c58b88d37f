'use client'

import { useState } from 'react'
import { RecoveryKit } from '@/components/settings/recovery-kit'
import { FirstAdministratorForm } from './first-administrator-form'

type Step = 'administrator' | 'kit'

/** First run: the first administrator, then the recovery kit. `begin` is where it was left. */
export function SetupSteps({ begin }: { begin: Step }) {
  const [step, setStep] = useState(begin)
  return (
    <>
      <p className="text-[0.8125rem] text-ink-3">Step {step === 'administrator' ? 1 : 2} of 2</p>
      <h1 className="mt-1 text-2xl font-semibold">
        {step === 'administrator' ? 'Create the first administrator' : 'Store the recovery kit'}
      </h1>
      {step === 'administrator' ? (
        <FirstAdministratorForm onSignedIn={() => setStep('kit')} />
      ) : (
        <div className="mt-4">
          <RecoveryKit replacing={false} onStored={() => window.location.assign('/admin')} />
        </div>
      )}
    </>
  )
}
