'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import type { Token } from '@/lib/contracts/people/people'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { api } from '@/lib/client/api'
import { tokensQuery } from '@/lib/client/queries/people'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/hooks/use-action'
import { useNow } from '@/lib/client/hooks/use-now'
import { NewTokenDialog } from './new-token-dialog'

const isExpired = ({ expiresAt }: Token, now: number): boolean => expiresAt !== null && Date.parse(expiresAt) < now

const columnsOf = (now: number): ReadonlyArray<Column<Token>> => [
  {
    key: 'name',
    header: 'Name',
    cell: (token) => (
      <>
        <span className="block font-medium">{token.name}</span>
        <span className="block text-xs text-ink-3">
          <code className="font-mono">{token.hint}</code>, made by {token.createdBy}
        </span>
      </>
    ),
  },
  {
    key: 'role',
    header: 'Role',
    cell: (token) => (
      <>
        {roleWords[token.role].name}
        {token.roleNow !== token.role && <span className="block max-w-64 text-xs text-warn">{heldBack(token)}</span>}
        <TokenScopes token={token} />
      </>
    ),
  },
  {
    key: 'expires',
    header: 'Expires',
    cell: (token) =>
      isExpired(token, now) ? <Badge>Expired</Badge> : <TimeCell at={token.expiresAt} form="relative" />,
  },
  { key: 'last-used', header: 'Last used', cell: (token) => <TimeCell at={token.lastUsedAt} form="relative" /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (token) => <RevokeToken token={token} />,
  },
]

export function Tokens() {
  const { may, reason } = useMay('admin')
  const tokens = useQuery({ ...tokensQuery(), enabled: may })
  const now = useNow()
  const [adding, setAdding] = useState(false)
  if (!may) return <EmptyState title="Only administrators manage API tokens">{reason}</EmptyState>
  return (
    <Card aria-labelledby="tokens-title">
      <CardHeader
        id="tokens-title"
        title="API tokens"
        note="For automation: Authorization: Bearer …"
        actions={
          <RoleButton needs="admin" size="sm" onClick={() => setAdding(true)}>
            Make a token
          </RoleButton>
        }
      />
      <ListState query={tokens} empty={<EmptyState icon={<KeyRound />} title="No token yet" />}>
        <DataTable
          label="API tokens"
          columns={columnsOf(now)}
          rows={tokens.data?.items ?? []}
          rowKey={(token) => token.id}
          rowProps={(token) => ({ className: token.revokedAt || isExpired(token, now) ? 'text-ink-3' : '' })}
        />
      </ListState>
      {adding && <NewTokenDialog open onOpenChange={setAdding} />}
    </Card>
  )
}

function RevokeToken({ token }: { token: Token }) {
  const [asking, setAsking] = useState(false)
  const revoke = useAction({
    run: () => api<unknown>(`/admin/tokens/${token.id}`, { method: 'DELETE' }),
    done: `${token.name} no longer works`,
    errors: 'inline',
    onDone: () => setAsking(false),
  })
  return (
    <>
      {token.revokedAt ? (
        <Badge>Revoked</Badge>
      ) : (
        <RoleButton
          needs="admin"
          variant="secondary"
          size="sm"
          aria-label={`Revoke ${token.name}`}
          onClick={() => setAsking(true)}
        >
          Revoke
        </RoleButton>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Revoke ${token.name}?`}
        action="Revoke the token"
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(undefined)}
      >
        <p>Everything that uses it is refused from now on. This cannot be undone.</p>
      </ConfirmDialog>
    </>
  )
}

/** A token may do no more than the person it goes back to. */
const heldBack = ({ roleNow }: Token): string =>
  roleNow === null ? 'does not work: its maker is disabled' : `now ${roleWords[roleNow].name}, as its maker is`

/** Beside the role: what it is limited to, or nothing where there is no limit. */
function TokenScopes({ token: { scopes, sourceIds } }: { token: Token }) {
  const sources = sourceIds.length === 1 ? 'one source' : `${sourceIds.length} sources`
  const limits = [...scopes, ...(sourceIds.length > 0 ? [sources] : [])]
  if (limits.length === 0) return null
  return <span className="block max-w-64 text-xs text-ink-3">only {limits.join(', ')}</span>
}
