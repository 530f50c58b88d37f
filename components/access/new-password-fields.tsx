import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'

interface NewPasswordValues {
  password: string
  repeated: string
}

interface NewPasswordFieldsProps {
  label: string
  repeatLabel: string
  values: NewPasswordValues
  errors: FieldErrors
  onChange: (changes: Partial<NewPasswordValues>) => void
}

/** A new password, typed twice because it is not shown. */
export function NewPasswordFields({ label, repeatLabel, values, errors, onChange }: NewPasswordFieldsProps) {
  return (
    <>
      <TextField
        label={label}
        hint="At least 12 characters"
        error={errors.password}
        type="password"
        autoComplete="new-password"
        value={values.password}
        onChange={(password) => onChange({ password })}
      />
      <TextField
        label={repeatLabel}
        error={errors.repeated}
        type="password"
        autoComplete="new-password"
        value={values.repeated}
        onChange={(repeated) => onChange({ repeated })}
      />
    </>
  )
}

/** The message for a second typing that is not the first. */
export const repeatErrors = ({ password, repeated }: NewPasswordValues): FieldErrors =>
  repeated === password ? {} : { repeated: 'The two passwords differ' }
