import { Socket } from 'node:net'
import './take-secrets'

// Preloaded into web and worker (`node --import`): ends them when the supervisor is gone, however it went.
const GRACE_MS = 25_000
const fd = Number(process.env.HOLDFAST_PARENT_FD)
// Child processes are preloaded in the same way (the development server is), and have no such pipe.
delete process.env.HOLDFAST_PARENT_FD

if (fd > 2) {
  const pipe = new Socket({ fd, readable: true, writable: false })
  let ending = false
  const end = () => {
    if (ending) return
    ending = true
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref()
  }
  pipe.on('end', end).on('close', end).on('error', end)
  pipe.resume()
  pipe.unref()
}
