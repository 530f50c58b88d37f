'use client'

import type { Operations } from '@/lib/contracts/operations'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
import { OperationsCard } from './operations-card'

interface CloudWatchValues {
  cloudWatch: Operations['cloudWatch']
}
const Enter = fieldsOf<CloudWatchValues>()

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
  const save = useSaveOperations({
    initial: { cloudWatch: stored },
    inputOf: ({ cloudWatch }: CloudWatchValues) => ({
      cloudWatch: { ...cloudWatch, region: cloudWatch.region.trim(), namespace: cloudWatch.namespace.trim() },
    }),
    done: 'CloudWatch is saved',
  })
  return (
    <Form form={save}>
      <Enter.Switch name="cloudWatch.enabled" label="Send metrics to CloudWatch" />
      <div className="grid gap-4 sm:grid-cols-2">
        <Enter.Text name="cloudWatch.region" label="Region" />
        <Enter.Text name="cloudWatch.namespace" label="Namespace" />
      </div>
      <FormActions>
        <RoleButton needs="admin" type="submit" size="sm" pending={save.action.isPending}>
          Save CloudWatch
        </RoleButton>
      </FormActions>
    </Form>
  )
}
