import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { classifyQueryError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'

/** The name of a source's slot: it says whose it is, and no two sources share one. */
export function slotName(sourceId: string): string {
  return `holdfast_${sourceId.replaceAll('-', '')}`
}

/** What the server keeps log for. */
export interface Slot {
  /** From here on the server keeps the log; null: the slot was invalidated, and the log is gone. */
  restart: string | null
}

/** The slot as the server has it; null: there is none. From version 15 on. */
export async function readSlot(client: Client, name: string): Promise<Slot | null> {
  const { rows } = await client.query<{ slot_type: string | null; restart_lsn: string | null }>(
    `READ_REPLICATION_SLOT ${name}`,
  )
  const [row] = rows
  return row?.slot_type ? { restart: row.restart_lsn } : null
}

/** Makes a slot that keeps the log from now on. */
export async function createSlot(client: Client, name: string): Promise<Slot> {
  try {
    await client.query(`CREATE_REPLICATION_SLOT ${name} PHYSICAL RESERVE_WAL`)
  } catch (error) {
    if (errorCode(error) !== '53400') throw classifyQueryError(error)
    throw new HoldfastError('continuous-unready', `The server has no free replication slot: ${errorText(error)}.`, {
      remedy: 'Raise max_replication_slots and restart the server, or drop a slot that is no longer needed.',
      cause: error,
    })
  }
  return (await readSlot(client, name)) ?? { restart: null }
}

/** Removes a slot; one that is not there is no error. */
export async function dropSlot(client: Client, name: string): Promise<void> {
  try {
    await client.query(`DROP_REPLICATION_SLOT ${name} WAIT`)
  } catch (error) {
    if (errorCode(error) !== '42704') throw classifyQueryError(error)
  }
}
