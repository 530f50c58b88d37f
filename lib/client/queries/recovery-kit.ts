import { queryOptions } from '@tanstack/react-query'
import type { RecoveryKitState } from '@/lib/contracts/settings'
import { api } from '@/lib/client/api'

export const recoveryKitQuery = () =>
  queryOptions({
    queryKey: ['recovery-kit'],
    queryFn: ({ signal }) => api<RecoveryKitState>('/admin/recovery-kit', { signal }),
  })
