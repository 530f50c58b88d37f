import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** A port of loopback, chosen once and kept in the file as long as it is free: addresses stay the same over starts. */
export async function chosenPort(file: string): Promise<number> {
  const kept = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const port = kept > 0 && (await tryPort(kept)) ? kept : await tryPort(0)
  if (!port) throw new Error('no free port on 127.0.0.1')
  writeFileSync(file, String(port))
  return port
}

async function tryPort(port: number): Promise<number | null> {
  return await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
    })
  })
}
