import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'

const keyBytes = 32

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

export const masterKeyPath = (home: string): string => join(home, 'keys', 'master.key')

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => errorCode(error) !== 'ENOENT',
  )
}

/** 32 bytes as hex or base64 (also base64url). The text itself never goes into an error. */
function parseKey(text: string, from: string): Buffer {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  const key = /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : Buffer.alloc(0)
  if (key.length === keyBytes) return key
  throw new HoldfastError('master-key-invalid', `${from} does not hold a master key`, {
    remedy: 'It must be 32 bytes in base64 or hex, as `openssl rand -base64 32` prints them.',
  })
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new HoldfastError('master-key-unreadable', `The master key file ${path} cannot be read`, {
      remedy: 'Check that the file exists and that the user who runs Holdfast may read it.',
      facts: { path },
      cause,
    })
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Creates the file unless there is one. Of two processes that start at once, one wins and both read the winner's. */
export async function createKeyFile(path: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    try {
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike rename, link never replaces: a key that is lost makes every secret unreadable.
    await link(draft, path)
    await syncFolder(folder)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
}

/** The key in the variable of this name, or in the file that the variable with `_FILE` behind it names; null: neither. */
export async function readGivenKey(env: Record<string, string | undefined>, name: string): Promise<Buffer | null> {
  const { [name]: text, [`${name}_FILE`]: path } = env
  if (text) return parseKey(text, name)
  return path ? parseKey(await readKeyFile(path), `The file ${path}`) : null
}

/**
 * The master key: from HOLDFAST_MASTER_KEY, else from the file HOLDFAST_MASTER_KEY_FILE (whose mode is set by the one who
 * mounts it), else from `keys/master.key` below the data folder, made on first use (0600 in a folder 0700). Throws
 * `master-key-invalid`, `master-key-unreadable`, and `master-key-exposed` when others may read our own file.
 */
export async function loadMasterKey(options: {
  env: Record<string, string | undefined>
  home: string
}): Promise<Buffer> {
  const given = await readGivenKey(options.env, 'HOLDFAST_MASTER_KEY')
  if (given) return given

  const path = masterKeyPath(options.home)
  if (!(await exists(path))) await createKeyFile(path)
  return readOwnKey(path)
}

/** The key in a file of Holdfast; throws `master-key-unreadable`, `master-key-invalid` and `master-key-exposed`. */
export async function readOwnKey(path: string): Promise<Buffer> {
  const content = await readKeyFile(path)
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) {
    throw new HoldfastError('master-key-exposed', `The master key ${path} may be read by other users`, {
      remedy: `Run: chmod 600 ${path}. If others had access to the machine, replace the stored passwords as well.`,
      facts: { path, mode: (mode & 0o777).toString(8) },
    })
  }
  return parseKey(content, `The file ${path}`)
}
