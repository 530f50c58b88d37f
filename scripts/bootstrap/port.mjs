import { createServer } from 'node:net'
import { StartError } from './say.mjs'

/** Refuses a taken or forbidden port before minutes are spent on installing and building. */
export async function checkPort(host, port) {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new StartError(`PORT=${process.env.PORT} is not a port number (1 to 65535).`)
  }
  await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      const why = {
        EADDRINUSE: 'is in use',
        EACCES: 'may not be used by this user',
        EADDRNOTAVAIL: `cannot be opened on ${host}`,
      }[error.code]
      if (!why) return reject(error)
      reject(
        new StartError(`Port ${port} ${why}. Choose another one: PORT=${port < 64535 ? port + 1000 : 3000} npm start`),
      )
    })
    server.listen({ host, port, exclusive: true }, () => server.close(resolve))
  })
}
