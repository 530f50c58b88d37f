import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** One hash over the names and contents of files and folders below `root`; what is absent counts as absent. */
export function hashFiles(root, names, skip = () => false) {
  const hash = createHash('sha256')
  const visit = (name) => {
    const file = path.join(root, name)
    const info = statSync(file, { throwIfNoEntry: false })
    if (!info || skip(name)) return
    if (info.isDirectory()) {
      for (const entry of readdirSync(file).sort()) visit(`${name}/${entry}`)
    } else if (info.isFile()) {
      hash.update(`${name}\0${info.size}\0`).update(readFileSync(file))
    }
  }
  for (const name of names) visit(name)
  return hash.digest('hex')
}
