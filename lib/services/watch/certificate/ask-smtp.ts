import { once } from 'node:events'
import type { Socket } from 'node:net'

/** STARTTLS (RFC 3207). The server speaks first; an answer's last line has a space behind its number. */
export async function askSmtp(socket: Socket, signal: AbortSignal): Promise<boolean> {
  let text = ''
  const answer = async (): Promise<{ code: string; lines: string }> => {
    for (;;) {
      const last = /^(\d{3})(?: [^\r\n]*)?\r?\n$/m.exec(text)
      if (last && text.endsWith('\n')) {
        const lines = text
        text = ''
        return { code: last[1] ?? '', lines }
      }
      const chunk: unknown = socket.read()
      if (Buffer.isBuffer(chunk)) text += chunk.toString('latin1')
      else {
        if (socket.readableEnded || text.length > 16_384)
          throw new Error('the server did not answer as SMTP servers do')
        await once(socket, 'readable', { signal })
      }
    }
  }
  if ((await answer()).code !== '220') return false
  socket.write('EHLO holdfast\r\n')
  const hello = await answer()
  if (hello.code !== '250' || !/^250[ -]STARTTLS/im.test(hello.lines)) return false
  socket.write('STARTTLS\r\n')
  return (await answer()).code === '220'
}
