import type { Connection } from 'pg'
import { hasUnreadBytes, toBytes } from './unread-bytes'

/**
 * Statements with names of no known encoding go out as the bytes that the names are; the driver knows UTF-8 only. A value
 * of such a statement is sent in binary, in which text is its bytes.
 */
export function sendUnreadBytes(connection: Connection): void {
  const query = connection.query.bind(connection)
  connection.query = (text) => {
    if (hasUnreadBytes(text)) connection.stream.write(message('Q', toBytes(text)))
    else query(text)
  }
  const bind = connection.bind.bind(connection)
  connection.bind = (config, more) => {
    const values = config?.values
    if (config && values) config.values = values.map(inBytes)
    bind(config, more)
  }
}

function inBytes<T>(value: T): T | Buffer {
  return typeof value === 'string' && hasUnreadBytes(value) ? toBytes(value) : value
}

/** Its type, its length with these four bytes, and a text that a zero ends. */
function message(type: 'Q', text: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1')
  head.writeInt32BE(4 + text.length + 1, 1)
  return Buffer.concat([head, text, Buffer.of(0)])
}
