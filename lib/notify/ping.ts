import { callReceiver } from './call-receiver'

/** One GET to a dead man's switch. Rejects with `notify-failed` or `notify-refused` unless the answer was a success. */
export async function ping(address: string, signal: AbortSignal): Promise<void> {
  const url = new URL(address)
  await callReceiver({ name: "The dead man's switch", url, body: null, secret: null, signal })
}
