import { queryOptions } from '@tanstack/react-query'
import type { Page } from '@/lib/contracts/common'
import type { Token, User } from '@/lib/contracts/people/people'
import { api } from '@/lib/client/api'

export const usersQuery = () =>
  queryOptions({
    queryKey: ['users'],
    queryFn: ({ signal }) => api<Page<User>>('/admin/users?limit=200', { signal }),
  })

export const tokensQuery = () =>
  queryOptions({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => api<Page<Token>>('/admin/tokens?limit=200', { signal }),
  })
