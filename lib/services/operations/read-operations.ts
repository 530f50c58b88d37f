import { operationsSchema, type Operations, type OperationsSection } from '@/lib/contracts/operations'
import type { Tx } from '@/lib/db/client'

export const sectionKey = (section: OperationsSection): string => `operations.${section}`
const sections = operationsSchema.keyof().options

/** How this instance runs unattended: what is stored, over the defaults. */
export async function readOperations(tx: Tx): Promise<Operations> {
  const rows = await tx.setting.findMany({ where: { key: { in: sections.map(sectionKey) } } })
  const stored = new Map(rows.map((row) => [row.key, row.value]))
  return operationsSchema.parse(
    Object.fromEntries(sections.map((section) => [section, stored.get(sectionKey(section))])),
  )
}
