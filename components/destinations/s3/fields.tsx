import { useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import { keptSecretHint } from '@/lib/client/stored-secret-hint'
import type { KindFieldsProps } from '../kind-screen'
import type { S3Values } from './values'

interface S3Form {
  config: S3Values
}
const Enter = fieldsOf<S3Form>()

const encryptions = [
  { value: '', label: 'As the bucket says' },
  { value: 'AES256', label: 'AES256' },
  { value: 'aws:kms', label: 'aws:kms' },
]

export function S3Fields({ secretHints }: KindFieldsProps) {
  const [encryption, safetyNet] = useWatch<S3Form, ['config.serverSideEncryption', 'config.lifecycleSafetyNet']>({
    name: ['config.serverSideEncryption', 'config.lifecycleSafetyNet'],
  })
  const secretHint = secretHints['secretAccessKey']
  return (
    <>
      <FormSection title="Bucket" note="AWS, or anything that speaks S3.">
        <Enter.Text
          name="config.endpoint"
          label="Endpoint"
          hint="Empty for AWS itself"
          optional
          spellCheck={false}
          placeholder="https://s3.example.com"
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Text name="config.bucket" label="Bucket" spellCheck={false} />
          <Enter.Text name="config.region" label="Region" spellCheck={false} />
        </div>
        <Enter.Text
          name="config.prefix"
          label="Prefix"
          hint="A folder inside the bucket"
          optional
          spellCheck={false}
          placeholder="backups/production"
        />
        <Enter.Check
          name="config.forcePathStyle"
          label="Path-style addresses"
          hint="Most stores other than AWS need it"
        />
      </FormSection>
      <FormSection
        title="Credentials"
        note="Without them the worker’s own are used: environment, profile, or instance role."
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Text name="config.accessKeyId" label="Access key id" optional spellCheck={false} />
          <Enter.Text
            name="config.secretAccessKey"
            label="Secret access key"
            hint={secretHint}
            optional={secretHint === undefined}
            type="password"
            autoComplete="new-password"
            spellCheck={false}
            placeholder={secretHint === keptSecretHint ? '••••••••' : ''}
          />
        </div>
      </FormSection>
      <FormSection title="How it is kept">
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Text
            name="config.storageClass"
            label="Storage class"
            optional
            spellCheck={false}
            placeholder="STANDARD_IA"
          />
          <Enter.Select
            name="config.serverSideEncryption"
            label="Encryption by the store"
            hint="In addition to Holdfast’s own"
            choices={encryptions}
          />
        </div>
        {encryption === 'aws:kms' && <Enter.Text name="config.kmsKeyId" label="KMS key" optional spellCheck={false} />}
        <Enter.Switch
          name="config.lifecycleSafetyNet"
          label="Safety net in the bucket"
          hint="Holdfast adds a lifecycle rule that aborts stale uploads and expires objects long after every retention policy would. Other rules are never touched."
        />
        {safetyNet && <Enter.Number name="config.safetyNetDays" label="Expire after days" />}
      </FormSection>
    </>
  )
}
