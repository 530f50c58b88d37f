import { Checkbox, Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { keptSecretHint } from '@/lib/client/stored-secret-hint'
import type { DestinationValues } from './destination-values'

interface S3FieldsProps {
  values: DestinationValues
  errors: FieldErrors
  /** Absent while no secret is stored. */
  secretHint: string | undefined
  onChange: (changes: Partial<DestinationValues>) => void
}

export function S3Fields({ values, errors, secretHint, onChange }: S3FieldsProps) {
  type TextField =
    | 'endpoint'
    | 'region'
    | 'bucket'
    | 'prefix'
    | 'accessKeyId'
    | 'secretAccessKey'
    | 'storageClass'
    | 'kmsKeyId'
    | 'safetyNetDays'
  const input = (
    name: TextField,
    label: string,
    extra: { hint?: string; optional?: boolean; placeholder?: string; type?: string } = {},
  ) => (
    <TextField
      label={label}
      hint={extra.hint}
      optional={extra.optional}
      error={errors[`config.${name}`]}
      type={extra.type ?? 'text'}
      autoComplete={extra.type === 'password' ? 'new-password' : 'off'}
      spellCheck={false}
      placeholder={extra.placeholder}
      value={values[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <>
      <FormSection title="Bucket" note="AWS, or anything that speaks S3.">
        {input('endpoint', 'Endpoint', {
          optional: true,
          placeholder: 'https://s3.example.com',
          hint: 'Empty for AWS itself',
        })}
        <div className="grid gap-4 sm:grid-cols-2">
          {input('bucket', 'Bucket')}
          {input('region', 'Region')}
        </div>
        {input('prefix', 'Prefix', {
          optional: true,
          placeholder: 'backups/production',
          hint: 'A folder inside the bucket',
        })}
        <Checkbox
          label="Path-style addresses"
          hint="Most stores other than AWS need it"
          checked={values.forcePathStyle}
          onChange={(forcePathStyle) => onChange({ forcePathStyle })}
        />
      </FormSection>
      <FormSection
        title="Credentials"
        note="Without them the worker’s own are used: environment, profile, or instance role."
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {input('accessKeyId', 'Access key id', { optional: true })}
          {input('secretAccessKey', 'Secret access key', {
            type: 'password',
            optional: secretHint === undefined,
            placeholder: secretHint === keptSecretHint ? '••••••••' : '',
            hint: secretHint,
          })}
        </div>
      </FormSection>
      <FormSection title="How it is kept">
        <div className="grid gap-4 sm:grid-cols-2">
          {input('storageClass', 'Storage class', { optional: true, placeholder: 'STANDARD_IA' })}
          <Field label="Encryption by the store" hint="Besides our own">
            {(control) => (
              <Select
                {...control}
                value={values.serverSideEncryption}
                onChange={(event) =>
                  onChange({
                    serverSideEncryption:
                      event.target.value === 'AES256' || event.target.value === 'aws:kms' ? event.target.value : '',
                  })
                }
              >
                <option value="">As the bucket says</option>
                <option value="AES256">AES256</option>
                <option value="aws:kms">aws:kms</option>
              </Select>
            )}
          </Field>
        </div>
        {values.serverSideEncryption === 'aws:kms' && input('kmsKeyId', 'KMS key', { optional: true })}
        <Switch
          label="Safety net in the bucket"
          hint="A lifecycle rule of ours ends stale uploads and expires objects well behind every retention policy. Rules that are not ours are never touched."
          checked={values.lifecycleSafetyNet}
          onChange={(lifecycleSafetyNet) => onChange({ lifecycleSafetyNet })}
        />
        {values.lifecycleSafetyNet && input('safetyNetDays', 'Expire after days')}
      </FormSection>
    </>
  )
}
