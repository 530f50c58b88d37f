import { roles, type Role } from '@/lib/contracts/common'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { roleWords } from '@/lib/client/role'

/** Chooses a role and says what it may do. */
export function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <Field label="Role" hint={roleWords[value].can}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={(event) => onChange(roles.find((role) => role === event.target.value) ?? 'viewer')}
        >
          {roles.map((role) => (
            <option key={role} value={role}>
              {roleWords[role].name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}
