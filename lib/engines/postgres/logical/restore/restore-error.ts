import { HoldfastError } from '@/lib/core/holdfast-error'
import { restoreTrouble } from './restore-trouble'

/** Says nothing about the backup: a crash, the kernel's out-of-memory killer, a limit on memory. */
const serverGone =
  /server closed the connection unexpectedly|because of crash of another server process|in recovery mode|out of memory|annot allocate memory/

/** Says nothing about the backup either: other sessions had what this one wanted, or somebody ended it. */
const stoodInTheWay = /^(?:deadlock detected|canceling statement due to)/

/** What pg_restore said, as a person needs to hear it; other errors pass unchanged. */
export function restoreError(error: unknown): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return error
  const stderr = typeof error.facts.stderr === 'string' ? error.facts.stderr : ''
  const facts = { ...error.facts }
  if (typeof facts.signal === 'string') {
    return new HoldfastError('restore-killed', `pg_restore was killed by ${facts.signal} before it had finished.`, {
      remedy: 'Nobody cancelled it: look for "Out of memory" in the kernel log of this machine.',
      facts,
      transient: true,
      cause: error,
    })
  }
  const first = stderr.split('\n').find((line) => /error:/i.test(line)) ?? error.message
  const role = /role "(.+?)" does not exist/.exec(stderr)?.[1]
  if (role) {
    return new HoldfastError('roles-missing', `The server has no role ${role}, which the backup needs.`, {
      remedy: 'Create the role (the globals file of the backup has it), or restore with owners "drop".',
      facts: { ...facts, roles: [role] },
      cause: error,
    })
  }
  const extension = /extension "(.+?)" is not available|extension control file ".*\/(.+?)\.control"/.exec(stderr)
  if (extension) {
    const name = extension[1] ?? extension[2] ?? ''
    return new HoldfastError('extension-missing', `The server has no extension ${name}, which the backup needs.`, {
      remedy: `Install the package of the extension ${name} on the server.`,
      facts: { ...facts, extensions: [name] },
      cause: error,
    })
  }
  if (/No space left on device|could not extend file/.test(stderr)) {
    return new HoldfastError('target-full', 'The server ran out of disk space during the restore.', {
      remedy: 'Free or add space on the disk of the server, then restore again.',
      facts,
      cause: error,
    })
  }
  if (serverGone.test(stderr)) {
    return new HoldfastError('target-gone', 'The server ended, or ran out of memory, during the restore.', {
      remedy: 'Look at its log and at the memory of its machine, then restore again.',
      facts,
      cause: error,
    })
  }
  const trouble = restoreTrouble(stderr)
  if (!trouble) {
    return new HoldfastError('restore-failed', `pg_restore stopped at its first error: ${first.trim()}`, {
      remedy: 'Its messages are in the details.',
      facts,
      cause: error,
    })
  }
  if (stoodInTheWay.test(trouble.said)) {
    const message = `The server ended a statement of the restore: ${trouble.said}.`
    const remedy =
      'It says nothing about the backup: another session, a time limit or a person ended it. Try again while nobody else works in that database.'
    return new HoldfastError('target-busy', message, { remedy, facts, transient: true, cause: error })
  }
  const { object, said, detail, hint, context, fault, certain, remedy } = trouble
  const told = [`${object ?? 'An object'} could not be restored: ${said}`, detail, hint, context].filter(Boolean)
  return new HoldfastError('restore-failed', told.map((text) => `${String(text).replace(/\.$/, '')}.`).join(' '), {
    remedy,
    facts: { ...facts, fault, certain, object },
    cause: error,
  })
}
