import { createServer } from 'node:net'
import { StartError } from './say.mjs'

/** Refuses a taken or forbidden port before minutes are spent on installing and building. */
export async function checkPort(host, port) {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new StartError(`PORT=${process.env.PORT} is not a port number (1 to 65535). Choose one: PORT=3000 npm start`)
  }
  await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      const why = {
        EADDRINUSE: 'is in use',
        EACCES: 'may not be used by this user',
      }[error.code]
      if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(error.code)) {
        return reject(new StartError(`HOST=${host} is no address of this machine. Choose one, or leave HOST out.`))
      }
      if (!why) return reject(error)
      reject(
        new StartError(`Port ${port} ${why}. Choose another one: PORT=${port < 64535 ? port + 1000 : 3000} npm start`),
      )
    })
    server.listen({ host, port, exclusive: true }, () => server.close(resolve))
  })
}
