'use client'

import { useState } from 'react'
import type { Operations } from '@/lib/contracts/operations'
import { RoleButton } from '@/components/shell/role-button'
import { Switch } from '@/components/ui/check'
import { Form, FormActions } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
import { OperationsCard } from './operations-card'

/** Whether Amazon CloudWatch gets the main figures. */
export function CloudWatch() {
  return (
    <OperationsCard
      id="cloud-watch-title"
      title="CloudWatch"
      note="The main figures, every minute. The worker takes its credentials from the environment, a profile or its role."
    >
      {({ cloudWatch }) => <CloudWatchForm key={JSON.stringify(cloudWatch)} stored={cloudWatch} />}
    </OperationsCard>
  )
}

function CloudWatchForm({ stored }: { stored: Operations['cloudWatch'] }) {
  const [enabled, setEnabled] = useState(stored.enabled)
  const [region, setRegion] = useState(stored.region)
  const [namespace, setNamespace] = useState(stored.namespace)
  const save = useSaveOperations({ done: 'CloudWatch is saved' })
  const submit = () => save.submit({ cloudWatch: { enabled, region: region.trim(), namespace: namespace.trim() } })
  return (
    <Form onSubmit={submit} error={save.error}>
      <Switch label="Send metrics to CloudWatch" checked={enabled} onChange={setEnabled} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Region" error={save.errors['cloudWatch.region']} value={region} onChange={setRegion} />
        <TextField
          label="Namespace"
          error={save.errors['cloudWatch.namespace']}
          value={namespace}
          onChange={setNamespace}
        />
      </div>
      <FormActions>
        <RoleButton needs="admin" type="submit" size="sm" pending={save.isPending}>
          Save CloudWatch
        </RoleButton>
      </FormActions>
    </Form>
  )
}
