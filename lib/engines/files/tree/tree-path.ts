/**
 * Paths below the root as the file system has them: bytes, which need not be text, without a slash at either end. The root itself
 * is empty.
 */
export type TreePath = Buffer

export const rootPath: TreePath = Buffer.alloc(0)
export const slash = 0x2f

/** The order in which a tree is walked: a folder before what is in it, and names by their bytes. */
export function compareTreePaths(a: TreePath, b: TreePath): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const [left = 0, right = 0] = [a[i], b[i]]
    // A slash ends a name, and so comes before every byte that one may have.
    if (left !== right) return (left === slash ? 0 : left) - (right === slash ? 0 : right)
  }
  return a.length - b.length
}

export const joinTreePath = (folder: TreePath, name: Buffer): TreePath =>
  folder.length === 0 ? name : Buffer.concat([folder, Buffer.from('/'), name])

/** Whether a path is another one or lies in it. */
export const isWithin = (path: TreePath, folder: TreePath): boolean =>
  folder.length === 0 ||
  (path.subarray(0, folder.length).equals(folder) && (path.length === folder.length || path[folder.length] === slash))

/** As tar is given it: never an option, never absolute. */
export const tarName = (path: TreePath): Buffer => Buffer.concat([Buffer.from('./'), path])

/** The same as one of many in a file, each behind a NUL. */
export const nulEnded = (path: TreePath): Buffer => Buffer.concat([tarName(path), Buffer.from([0])])

/** For people; what is no text is shown with replacement characters. */
export const pathWords = (path: TreePath): string => (path.length === 0 ? '.' : path.toString('utf8'))

/** A path in JSON: as text where it is text, else in base64. */
export type PathInJson = { path: string } | { path64: string }

export function pathToJson(path: TreePath): PathInJson {
  const text = path.toString('utf8')
  return Buffer.from(text, 'utf8').equals(path) ? { path: text } : { path64: path.toString('base64') }
}

export const pathFromJson = (json: { path?: string | undefined; path64?: string | undefined }): TreePath =>
  json.path64 === undefined ? Buffer.from(json.path ?? '', 'utf8') : Buffer.from(json.path64, 'base64')

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** Reads a name as GNU tar writes it with `--quoting-style=c` in the C locale; a SyntaxError for anything else. */
export function unquoteTarName(quoted: string): Buffer {
  if (!/^".*"$/s.test(quoted)) throw new SyntaxError(`${quoted} is not a quoted name`)
  const bytes = quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/gs, (_, code: string) =>
      String.fromCharCode(/^[0-7]{3}$/.test(code) ? parseInt(code, 8) : (escapes[code] ?? code.charCodeAt(0))),
    )
  return Buffer.from(bytes, 'latin1')
}
