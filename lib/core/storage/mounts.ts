/** One line of /proc/self/mountinfo. */
export interface Mount {
  /** Which file system it is, as `major:minor`: two mounts of one file system have the same. */
  device: string
  /** The folder of that file system which is mounted. */
  root: string
  /** Where it is mounted. */
  point: string
  type: string
}

/** Reads /proc/self/mountinfo (proc(5)): later lines lie over earlier ones. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [, , device, root, point] = before.split(' ')
    const [type] = after.split(' ')
    if (device === undefined || root === undefined || point === undefined || !type) return []
    return [{ device, root: unescape(root), point: unescape(point), type }]
  })
}

/** The mount that a path lies on. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined
  for (const mount of mounts) {
    if (below(path, mount.point) === null) continue
    if (!found || mount.point.length >= found.point.length) found = mount
  }
  return found
}

/** Other names of a path: the same folder of the same file system, mounted elsewhere (bind mounts). */
export function aliasesOf(path: string, mounts: readonly Mount[]): string[] {
  const own = mountOf(path, mounts)
  if (!own) return []
  const inside = join(own.root, below(path, own.point) ?? '')
  return mounts
    .filter((mount) => mount.device === own.device)
    .flatMap((mount) => {
      const rest = below(inside, mount.root)
      return rest === null ? [] : [join(mount.point, rest)]
    })
    .filter((name) => name !== path)
}

/** What of the path lies below the folder, without a leading slash; null when it does not. */
function below(path: string, folder: string): string | null {
  if (path === folder) return ''
  const prefix = folder === '/' ? '/' : `${folder}/`
  return path.startsWith(prefix) ? path.slice(prefix.length) : null
}

function join(folder: string, rest: string): string {
  return rest === '' ? folder : `${folder === '/' ? '' : folder}/${rest}`
}

/** Blanks and backslashes are written in octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
}
