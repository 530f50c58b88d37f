import { useWatch } from 'react-hook-form'
import { roles, type Role } from '@/lib/contracts/common'
import { fieldsOf } from '@/components/form/fields-of'
import { roleWords } from '@/lib/client/role'

interface RoleForm {
  role: Role
}
const Enter = fieldsOf<RoleForm>()
const choices = roles.map((role) => ({ value: role, label: roleWords[role].name }))

/** Chooses `role` and says what it may do. */
export function RoleField() {
  const role = useWatch<RoleForm, 'role'>({ name: 'role' })
  return <Enter.Select name="role" label="Role" hint={roleWords[role].can} choices={choices} />
}
