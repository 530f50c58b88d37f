'use client'

import { useQuery } from '@tanstack/react-query'
import { SecondFactor } from '@/components/access/second-factor'
import { Sessions } from '@/components/access/sessions'
import { useViewer } from '@/components/shell/viewer'
import { Facts } from '@/components/ui/facts'
import { FormSection } from '@/components/ui/form-section'
import { meQuery } from '@/lib/client/queries/access'
import { roleWords } from '@/lib/client/role'
import { PasswordForm } from './password-form'

export function Profile() {
  const { name, role } = useViewer()
  const me = useQuery(meQuery())
  const access = me.data?.access
  return (
    <div className="space-y-5">
      <FormSection title="You">
        <Facts
          items={[
            { name: 'Signed in as', value: name },
            { name: 'Role', value: `${roleWords[role].name}: ${roleWords[role].can.toLowerCase()}` },
          ]}
        />
      </FormSection>
      {access?.hasPassword !== false && <PasswordForm />}
      {access && <SecondFactor access={access} />}
      <Sessions />
    </div>
  )
}
