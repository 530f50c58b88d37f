import type { Settings } from '@/lib/contracts/settings'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { instanceId } from '../instance/instance-settings'
import { recoveryKeyState } from '../recovery-kit/recovery-key-state'
import { readRecoveryKey } from './read-recovery-key'

/** This instance: its id, version, recovery key and catalog. `home` tells an embedded catalog from one that was given. */
export async function getSettings({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { version: string; home: string }
}): Promise<Settings> {
  permit(ctx.actor, 'viewer')
  const [catalog] = await ctx.db.$queryRaw<{ version: string; size: bigint; folder: string | null }[]>`
    SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size,
      (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS folder`
  return {
    instanceId: await instanceId(ctx.db),
    version: input.version,
    recoveryKey: recoveryKeyState(await readRecoveryKey(ctx.db)),
    catalog: {
      embedded: [input.home, '/var/lib/holdfast'].some((folder) => catalog?.folder?.startsWith(`${folder}/`)),
      serverVersion: catalog?.version ?? 'unknown',
      sizeBytes: Number(catalog?.size ?? 0n),
    },
  }
}
