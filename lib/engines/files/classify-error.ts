import { HoldfastError } from '@/lib/core/holdfast-error'
import { isFolderReplaced } from '@/lib/sandbox/confine-tool'

/** What the system said of a file or folder, with what to do. */
export function fileError(error: unknown, path: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new HoldfastError('folder-missing', `The folder ${path} does not exist on the worker's machine.`, {
        remedy: 'Correct the path, or mount the file system that it is on.',
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
      return new HoldfastError('privilege-missing', `The worker may not read ${path}.`, {
        remedy: 'Give its user the right to read it (setfacl -R -m u:USER:rX), exclude it, or run the worker as root.',
        cause: error,
      })
    default:
      return new HoldfastError(
        'source-failed',
        `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`,
        {
          remedy: 'Look at the disk and its file system; the log of the kernel may say more.',
          cause: error,
        },
      )
  }
}

/** A file system that was taken away, or put over the folder, meanwhile: what was read need not be the source's. */
export const folderReplaced = (root: string, cause?: unknown) =>
  new HoldfastError('source-failed', `The folder ${root} was replaced while it was read.`, {
    remedy: 'Look whether its file system was mounted or unmounted. The next attempt reads it anew.',
    transient: true,
    cause,
  })

/** What tar said when it could not read everything. */
export function dumpError(error: unknown, root: string): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return error
  if (isFolderReplaced(error)) return folderReplaced(root, error)
  const stderr = typeof error.facts['stderr'] === 'string' ? error.facts['stderr'] : ''
  const refused = /"(.*)": Cannot \w+: Permission denied/.exec(stderr)?.[1]
  if (refused !== undefined) {
    // A moment ago it could be read: its rights are others, or a link leads there and out of the folder by now.
    return new HoldfastError(
      'source-failed',
      `${refused} changed while the folder was read, and may not be read now.`,
      {
        remedy: 'The next attempt reads it as it is then, or says that the worker lacks the right to.',
        transient: true,
        facts: error.facts,
        cause: error,
      },
    )
  }
  return new HoldfastError(
    'producer-failed',
    `tar could not read everything: ${stderr.split('\n')[0] ?? error.message}`,
    {
      remedy: 'Its messages are in the details. A file system with errors has to be checked first.',
      facts: error.facts,
      cause: error,
    },
  )
}
