import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import { findServer, type Installation } from '@/lib/engines/postgres/connect/find-client'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SandboxOrder } from '@/lib/ports/sandbox'
import { openSandbox, type Sandbox } from '@/lib/sandbox/open-sandbox'
import { type BaseFacts, baseFactsSchema } from '../base-facts'
import { neededBytes } from './needed-bytes'
import { requireCombine } from './combine'
import type { Timed } from './step-timer'
import { chainOf } from './unpack-chain'

export interface RecoverySandbox {
  facts: BaseFacts
  server: Installation
  /** The full one first. */
  chain: ReadableBackup[]
  sandbox: Sandbox
}

/** A sandbox with room for a base backup, what it builds on and the log of the plan, where the programs for it are. */
export async function openRecoverySandbox(
  input: ReadableBackup & { before?: ReadableBackup[]; recovery: { plan: RecoveryPlan }; sandbox: SandboxOrder },
  timed: Timed,
  run: RunContext,
): Promise<RecoverySandbox> {
  const facts = baseFactsSchema.parse(input.manifest.facts)
  const server = await findServer(facts.serverMajor)
  const chain = chainOf(input)
  if (chain.length > 1) await requireCombine(server)
  const manifests = chain.map(({ manifest }) => manifest)
  run.progress({ phase: 'starting the sandbox', doneBytes: 0 })
  const sandbox = await timed('startMs', () =>
    openSandbox(
      { ...input.sandbox, needBytes: neededBytes(manifests, input.recovery.plan), programs: [server.folder] },
      run,
    ),
  )
  return { facts, server, chain, sandbox }
}
