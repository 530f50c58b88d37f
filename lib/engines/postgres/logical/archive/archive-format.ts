/** Format constants of pg_dump's custom archive (`-Fc`), as PostgreSQL's pg_backup_archiver.h defines them. */
export const magic = 'PGDMP'
export const customFormat = 1
export const blockData = 1
export const blockBlobs = 3

/** Oldest and newest archive format that is understood: 1.12 (PostgreSQL 9.0) to 1.16 (PostgreSQL 17 and 18). */
export const oldestMinor = 12
export const newestMinor = 16

/** Types of entries about another object, whose kind and name are theirs: `DATABASE shop`. */
export const attachedTypes: ReadonlySet<string> = new Set(['ACL', 'COMMENT', 'SECURITY LABEL'])

export interface ArchiveHeader {
  /** Archive format, e.g. `1.14`. */
  format: string
  minor: number
  /** False when data blocks are compressed: their content cannot be counted. */
  plainData: boolean
  database: string
  serverVersion: string
  dumpVersion: string
}

/** One entry of the table of contents. */
export interface TocEntry {
  dumpId: number
  hasData: boolean
  /** `TABLE`, `TABLE DATA`, `FUNCTION`, `ACL` and so on. */
  type: string
  section: 'none' | 'pre-data' | 'data' | 'post-data'
  schema: string
  name: string
  /** Where it was put explicitly; empty: the database's own tablespace. */
  tablespace: string
  owner: string
  /** The COPY statement of `TABLE DATA`: it names the columns and their order. */
  copyStatement: string
  /** `dumpId` of what must be there before. */
  dependencies: number[]
  /** The SQL, or its beginning, of the types that read-toc.ts keeps it of; empty for all other types. */
  definition: string
}

/** What one `TABLE DATA` block holds. */
export interface TableData {
  dumpId: number
  rows: number
  /** `RowsHash` of the COPY text, when hashes were asked for. */
  rowsHash?: string
}
