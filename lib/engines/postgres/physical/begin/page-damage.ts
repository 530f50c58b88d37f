/** A page whose checksum was wrong when the server read it for a base backup. */
export interface DamagedPage {
  /** Below the data directory. */
  file: string
  /** Of 8 KiB usually, counted from the beginning of the file. */
  block: number
}

/** After these many of one file the server stops naming them. */
const mostPages = 1_000

/**
 * Understands the warnings of PostgreSQL 15 to 18 about checksums, in whichever language the server speaks: a path, then the number of
 * the block and two checksums in hexadecimal, or a path and the number of all such pages in it (`sendFile` in basebackup.c).
 */
export class PageDamage {
  readonly pages: DamagedPage[] = []
  private readonly perFile = new Map<string, number>()

  /** Tablespaces by their place, which stands in the warnings. */
  constructor(private readonly tablespaces: { oid: string; location: string }[] = []) {}

  /** False when the warning is about something else. */
  hear(message: string): boolean {
    const found = this.find(message)
    if (!found) return false
    const { file, rest } = found
    const named = /^\D+?(\d+)\D.*?\b[0-9A-F]{1,4}\b.*?\b[0-9A-F]{1,4}\b/s.exec(rest)?.[1]
    const total = /^\D+?(\d+)\D*$/s.exec(rest)?.[1]
    if (named !== undefined) {
      if (this.pages.length < mostPages) this.pages.push({ file, block: Number(named) })
      this.perFile.set(file, (this.perFile.get(file) ?? 0) + 1)
    } else if (total !== undefined) this.perFile.set(file, Number(total))
    return this.perFile.has(file)
  }

  /** One sentence a file, for people. */
  warnings(): string[] {
    return [...this.perFile].map(([file, count]) => {
      const blocks = this.pages.filter((page) => page.file === file).map(({ block }) => block)
      const named = blocks.length === count ? '' : ', among them'
      return `${count} page(s) of ${file} fail their checksum on the server${named}: block ${blocks.join(', ')}.`
    })
  }

  private find(message: string): { file: string; rest: string } | null {
    const roots = [
      { location: '.', below: '' },
      ...this.tablespaces.map(({ oid, location }) => ({ location, below: `pg_tblspc/${oid}/` })),
    ]
    for (const { location, below } of roots) {
      const at = message.indexOf(`${location}/`)
      if (at < 0) continue
      const [path = ''] = /^[\w./-]+/.exec(message.slice(at + location.length + 1)) ?? []
      if (/^(?:base|global|PG_\w+)\/[\w./]+$/.test(path))
        return { file: below + path, rest: message.slice(at + location.length + 1 + path.length) }
    }
    return null
  }
}
