import type { Client, Connection } from 'pg'

/** What the driver's connection can do in a COPY that its types do not name. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** The connection of a client, for messages of the COPY protocol. The driver has had both since version 6. */
export function copyConnection({ connection }: Client): CopyConnection {
  if (!('sendCopyFromChunk' in connection && 'endCopyFrom' in connection)) {
    throw new Error('This version of the driver does not speak the COPY protocol.')
  }
  // Just looked at.
  return connection as CopyConnection
}
