import { engineContract } from '@/lib/contracts/engines/index'
import type { UpdateSource } from '@/lib/contracts/source'
import { splitSecrets } from '@/lib/contracts/stored-secret'
import { jsonObject } from '@/lib/db/catalog/json-object'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { ServiceContext } from '../context'
import { parseInput } from '../parse-input'
import { readSealedSecrets, sealedSecretsAfter, type SealedSecrets } from '../stored-secrets'

/** A source's row whose connection and options were parsed, not yet stored. */
export type MergedSource = Omit<SourceModel, 'connection' | 'options' | 'secretsSealed'> & {
  connection: Record<string, unknown>
  options: Record<string, unknown>
  secretsSealed: SealedSecrets
}

/**
 * The row with a patch over it, not stored: what an update writes and what a test of unsaved changes connects to. Throws
 * `invalid-input`, and `secret-needed` when a stored secret would go where it was not entered for.
 */
export async function mergeSource(
  ctx: Pick<ServiceContext, 'vault'>,
  row: SourceModel,
  patch: UpdateSource,
): Promise<MergedSource> {
  const contract = engineContract(row.engine)
  const { secrets } = splitSecrets(contract.secrets, patch.connection ?? {})
  const merged = mergeSettings(row, patch)
  return {
    ...row,
    ...merged,
    name: patch.name ?? row.name,
    tags: patch.tags ?? row.tags,
    secretsSealed: await sealedSecretsAfter(ctx, {
      owner: { type: 'source', id: row.id },
      kinds: contract.secrets,
      before: contract.secretPlace(row),
      after: contract.secretPlace(merged),
      given: secrets,
      sealed: readSealedSecrets(row.secretsSealed),
    }),
  }
}

/** Connection and options alone, which take no secret. Throws `invalid-input`. */
export function mergeSettings(
  row: SourceModel,
  patch: UpdateSource,
): { connection: Record<string, unknown>; options: Record<string, unknown> } {
  const contract = engineContract(row.engine)
  const { settings } = splitSecrets(contract.secrets, patch.connection ?? {})
  const connection = { ...jsonObject(row.connection), ...contract.completePatch(row.connection, settings) }
  const options = { ...jsonObject(row.options), ...patch.options }
  const removed = contract.removableOptions.filter((name) => options[name] === null)
  for (const name of removed) delete options[name]
  return {
    connection: parseInput(contract.enteredConnection, connection, ['connection']),
    options: parseInput(contract.enteredOptions, options, ['options']),
  }
}
