// How the bootstrap ends when it cannot go on: one line with why and what to do. All that the failed step wrote, and the
// stack of what nobody expected, is kept in a file that the line names.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { explain } from './explain.mjs'
import { paint } from './say.mjs'

const longest = 600

/** The line of a failure, without a secret; what it stands for is kept first. */
export function failureLine(error) {
  const file = keep(detailOf(error))
  const line = withoutSecrets(explain(error)).replace(/\s+/g, ' ').trim()
  return `${line.length > longest ? `${line.slice(0, longest)}...` : line}${file ? ` All of it: ${file}` : ''}`
}

/** Prints the line. */
export const report = (error) => console.error(`${paint('31', '✗')} ${failureLine(error)}`)

/** Prints the line and ends. */
export function fail(error) {
  report(error)
  process.exit(1)
}

/** What a line leaves out; nothing for an end that was expected and has no cause. */
function detailOf(error) {
  const parts = []
  for (let at = error; at !== undefined && at !== null && parts.length < 10; at = at.cause) {
    if (at.output !== undefined) parts.push(`${at.message}\n\n${at.output}`)
    else if (at.name === 'StartError' || at.name === 'HoldfastError') continue
    else parts.push(at.stack ?? String(at), ...(at.errors ?? []).map((one) => one.stack ?? JSON.stringify(one)))
  }
  return parts.join('\n\n')
}

function keep(text) {
  if (!text) return null
  try {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'holdfast-failed-')), 'output.txt')
    writeFileSync(file, withoutSecrets(`${text}\n`), { mode: 0o600, flag: 'wx' })
    return file
  } catch {
    // A full disk has no room for this either; the line is what matters.
    return null
  }
}

/** Programs repeat addresses with their passwords, and sometimes what they were given in the environment. */
function withoutSecrets(text) {
  const secretName = /(^DATABASE_URL|PASSWORD|PASSWD|SECRET|TOKEN|_KEY|PASSPHRASE|_CREDENTIALS|_auth)$/i
  const secrets = Object.entries(process.env).filter(([name, value]) => secretName.test(name) && value.length >= 6)
  return secrets
    .reduce((left, [, secret]) => left.replaceAll(secret, '[secret]'), text)
    .replace(/:\/\/[^\s/@'"]+@/g, '://[secret]@')
    .replace(/(_authToken|_auth|_password)(\s*[=:]\s*)\S+/g, '$1$2[secret]')
}
