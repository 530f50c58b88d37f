import type { AttackResult } from '../under-attack'

/** Judged: nothing that an anonymous client sends makes health slower. */
const limitMs = 1_000

/** Health under attack, or nothing when it was left out. */
export function attackSection(results: AttackResult[] | null): string[] {
  if (!results) return []
  const slowest = ({ firstMs, againMs }: AttackResult) => Math.max(firstMs, againMs)
  const slow = results.filter((one) => slowest(one) > limitMs)
  const verdict =
    slow.length === 0
      ? `Health stays under a second; the slowest answer took **${Math.max(...results.map(slowest)).toFixed(0)} ms**.`
      : `**Slower than a second:** ${slow.map(({ what }) => what).join('; ')}.`
  return [
    `## Health while somebody attacks

\`GET /api/v1/health\` over a new connection every 20 ms, by a process of its own, while a client without an account sends
what is named. Each attack meets a product that was just started, then the same once more. Attacker, asker and product
share the cores. The slowest answer, in ms.

| Sent at once | Just started | Again |
|---|---|---|
${results.map(({ what, firstMs, againMs }) => `| ${what} | ${firstMs.toFixed(0)} | ${againMs.toFixed(0)} |`).join('\n')}

- ${verdict}`,
  ]
}
