import { z } from 'zod'
import { pathFromJson, pathToJson, type TreePath } from '../tree/tree-path'

const nanoseconds = z
  .string()
  .regex(/^-?\d{1,20}$/)
  .transform(BigInt)

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)
const extentSchema = z.object({
  blocks: z.number().int().positive(),
  headBlocks: z.number().int().positive(),
  headSha256: sha256Schema,
})

/** A line of the index. Names are said as text where they are text, else in base64. */
const lineSchema = z.object({
  path: z.string().optional(),
  path64: z.base64().optional(),
  type: z.enum(['file', 'folder', 'link']),
  size: z.number().int().nonnegative(),
  mode: z.number().int().min(0).max(0o7777),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
  mtime: nanoseconds,
  /** As it was found, to see by what has changed; what was read may be newer. */
  seen: z.object({ size: z.number(), mtime: nanoseconds, ctime: nanoseconds, inode: z.string() }),
  back: z.number().int().nonnegative(),
  part: z.string(),
  block: z.number().int().nonnegative(),
  extent: extentSchema.optional(),
  sha256: sha256Schema.nullable(),
  target: z.string().optional(),
  sameAs: z.string().optional(),
  sameAs64: z.base64().optional(),
  sameAsAt: extentSchema.extend({ block: z.number().int().nonnegative() }).optional(),
})

/** Where an entry lies in its archive, in blocks of 512 bytes, so that it can be taken out alone. */
export interface Extent {
  /** All of it: head, content, and what fills the last block. */
  blocks: number
  /** The headers before its content. */
  headBlocks: number
  /** Of the headers, which say everything but the content: name, type, rights, owner, times, attributes, where a link leads. */
  headSha256: string
}

export interface PlacedExtent extends Extent {
  block: number
}

/** One file, folder or link of a backup, and where it lies. */
export interface IndexEntry {
  path: TreePath
  type: 'file' | 'folder' | 'link'
  /** Bytes of a file, its holes included. */
  size: number
  mode: number
  uid: number
  gid: number
  mtime: bigint
  seen: { size: number; mtime: bigint; ctime: bigint; inode: string }
  /** How many backups back in the chain it lies: 0 is this one. */
  back: number
  /** The part there, without the endings of its file: `files-1.tar`. */
  part: string
  /** Where in it, in blocks of 512 bytes. */
  block: number
  /** How far it reaches from there; absent in backups from before it was noted. */
  extent?: Extent | undefined
  /** Of a file's content; null for folders and links. */
  sha256: string | null
  /** Of a symbolic link; what is no text has replacement characters. */
  target?: string | undefined
  /** The name under which the content of this file lies in the same part. */
  sameAs?: TreePath
  /** Where that lies. */
  sameAsAt?: PlacedExtent | undefined
}

export const indexHeader = { format: 'holdfast-files', version: 1 } as const
const headerSchema = z.object({ format: z.literal(indexHeader.format), version: z.literal(indexHeader.version) })

export function writeEntry(entry: IndexEntry): string {
  const { path, sameAs, ...rest } = entry
  const first = sameAs
    ? Object.entries(pathToJson(sameAs)).map(([key, text]) => [key.replace('path', 'sameAs'), text])
    : []
  const line = { ...pathToJson(path), ...rest, ...Object.fromEntries(first) }
  return `${JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`
}

/** Throws a SyntaxError or a ZodError for what is no entry. */
export function readEntry(line: string): IndexEntry {
  const { path, path64, sameAs, sameAs64, ...rest } = lineSchema.parse(JSON.parse(line))
  const hasFirst = sameAs !== undefined || sameAs64 !== undefined
  return {
    ...rest,
    path: pathFromJson({ path, path64 }),
    ...(hasFirst ? { sameAs: pathFromJson({ path: sameAs, path64: sameAs64 }) } : {}),
  }
}

export const checkHeader = (line: string): void => void headerSchema.parse(JSON.parse(line))
