import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { anonymousAttacks } from '@/test/helpers/faults/anonymous-attacks'
import { freePort } from '@/test/helpers/servers/ports'
import { startProduct } from '@/test/setup/start-product'
import type { BenchSettings } from './settings'

/** The slowest answer to "are you up" while one attack ran: on a product that was just started, and once more. */
export interface AttackResult {
  what: string
  firstMs: number
  againMs: number
}

/** Every attack on a whole product of its own, started as `npm start` does. */
export async function measureUnderAttack(settings: BenchSettings): Promise<AttackResult[]> {
  const results: AttackResult[] = []
  for (const at of anonymousAttacks(0).keys()) {
    const port = await freePort()
    const product = await startProduct({ PORT: String(port), ...administrator })
    try {
      const [what, attack] = anonymousAttacks(port)[at] ?? []
      if (!what || !attack) throw new Error('no such attack')
      const firstMs = await slowestDuring(settings, port, attack)
      results.push({ what, firstMs, againMs: await slowestDuring(settings, port, attack) })
    } finally {
      await product.stop()
    }
  }
  return results
}

const administrator = { HOLDFAST_ADMIN_EMAIL: 'bench@example.org', HOLDFAST_ADMIN_PASSWORD: 'correct-horse-battery' }

async function slowestDuring(settings: BenchSettings, port: number, attack: () => Promise<unknown>): Promise<number> {
  const program = path.join(settings.root, 'dist/bench/ask-health.mjs')
  const asker = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(asker, 'exit')
  const lines = createInterface({ input: asker.stdout })[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'asking') throw new Error('health was not answered before the attack')
  await attack()
  asker.kill('SIGTERM')
  const slowest = Number((await lines.next()).value)
  const [code] = (await exited) as [number | null]
  if (code !== 0) throw new Error('health was not answered with 200 during the attack')
  return slowest
}
