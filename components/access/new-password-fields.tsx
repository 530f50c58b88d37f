import { fieldsOf } from '@/components/form/fields-of'
import type { FieldMessages } from '@/lib/client/hooks/use-form'

export interface NewPasswordValues {
  password: string
  repeated: string
}
const Enter = fieldsOf<NewPasswordValues>()

/** A new password, typed twice because it is not shown. */
export function NewPasswordFields({ label, repeatLabel }: { label: string; repeatLabel: string }) {
  return (
    <>
      <Enter.Text
        name="password"
        label={label}
        hint="At least 12 characters"
        type="password"
        autoComplete="new-password"
      />
      <Enter.Text name="repeated" label={repeatLabel} type="password" autoComplete="new-password" />
    </>
  )
}

/** The message for a second typing that is not the first. */
export const repeatErrors = ({ password, repeated }: NewPasswordValues): FieldMessages =>
  repeated === password ? {} : { repeated: 'The two passwords differ' }
