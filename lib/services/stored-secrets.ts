import { z } from 'zod'
import type { StoredSecret } from '@/lib/contracts/stored-secret'
import type { ServiceContext } from './context'
import { sealedAfter } from './sealed-after'

/** The row that secrets belong to. */
export interface SecretOwner {
  type: 'source' | 'destination'
  id: string
}

/** Sealed values by the names of their fields, as rows have them. */
export type SealedSecrets = Readonly<Record<string, string>>

export const readSealedSecrets = (column: unknown): SealedSecrets => z.record(z.string(), z.string()).parse(column)

/** Catalogs from before there were several secrets had this one, bound to the row alone. */
const first: Record<SecretOwner['type'], string> = { source: 'password', destination: 'secretAccessKey' }

/** What a secret is bound to: a sealed value moved to another row, or another field, cannot be opened there. */
export function secretContext(owner: SecretOwner, name: string): string {
  const row = `${owner.type}:${owner.id}`
  return name === first[owner.type] ? row : `${row}:${name}`
}

type WithVault = Pick<ServiceContext, 'vault'>

/** Seals what is not empty. */
export async function sealSecrets(
  ctx: WithVault,
  owner: SecretOwner,
  secrets: Readonly<Record<string, string>>,
): Promise<SealedSecrets> {
  const given = Object.entries(secrets).filter(([, value]) => value !== '')
  return mapValues(given, (name, value) => ctx.vault.seal(value, secretContext(owner, name)))
}

/** Throws `secret-unreadable`. */
export async function unsealSecrets(
  ctx: WithVault,
  owner: SecretOwner,
  column: unknown,
): Promise<Record<string, string>> {
  const sealed = Object.entries(readSealedSecrets(column))
  return mapValues(sealed, (name, value) => ctx.vault.unseal(value, secretContext(owner, name)))
}

async function mapValues(
  entries: [string, string][],
  change: (name: string, value: string) => Promise<string>,
): Promise<Record<string, string>> {
  const changed = entries.map(async ([name, value]) => [name, await change(name, value)] as const)
  return Object.fromEntries(await Promise.all(changed))
}

interface SecretsChange {
  owner: SecretOwner
  kinds: readonly StoredSecret[]
  /** The settings beside the secrets, as they are stored and as they shall be. */
  before: unknown
  after: unknown
  /** The secrets of this request: an absent one keeps the stored one, an empty one removes it. */
  given: Readonly<Record<string, string>>
  sealed: SealedSecrets
}

/**
 * The sealed secrets of a row after a change, whether the change will be stored or only tried. Throws `secret-needed` when a
 * stored one would go to another place, or less protected, than it was entered for.
 */
export async function sealedSecretsAfter(ctx: WithVault, change: SecretsChange): Promise<SealedSecrets> {
  const { owner, kinds, before, after, given, sealed } = change
  const changed = kinds.map(async ({ name, reach }): Promise<[string, string | null]> => {
    const context = secretContext(owner, name)
    return [
      name,
      await sealedAfter(ctx, { reach, before, after, given: given[name], sealed: sealed[name] ?? null, context }),
    ]
  })
  return Object.fromEntries(
    (await Promise.all(changed)).flatMap(([name, text]) => (text === null ? [] : [[name, text]])),
  )
}
