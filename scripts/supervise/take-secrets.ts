import { closeSync, readFileSync } from 'node:fs'

// Preloaded into web and worker before anything else of theirs runs: takes the secrets from the pipe that the supervisor
// wrote them to. In process.env they are this process's own: the system shows what a process was started with, and that
// has none of them.
const fd = Number(process.env.HOLDFAST_SECRETS_FD)
delete process.env.HOLDFAST_SECRETS_FD

if (fd > 2) {
  const given: unknown = JSON.parse(readFileSync(fd, 'utf8'))
  closeSync(fd)
  for (const [name, value] of Object.entries(given ?? {})) process.env[name] = String(value)
}
