import type { Readable } from 'node:stream'
import type { ProbeReport } from '../contracts/destination'
import type { RunContext } from './run-context'

/** What a driver's store can do. A false flag has the consequence written beside it. */
export interface StorageFeatures {
  /** Create-if-absent is atomic. False: existence is checked before the write, and two writers could race. */
  conditionalCreate: boolean
  /** The store reports a checksum of what it holds. False: `put` reads the object back to confirm it. */
  reportsChecksum: boolean
}

/** One object as the store reports it. `key` is relative to the destination's own prefix, with "/" separators. */
export interface ObjectInfo {
  key: string
  sizeBytes: number
  /** By the store's own clock: shown, never decided on; null where the store does not say. */
  lastModified: Date | null
  /**
   * Another value means another object under the same key. Compared for equality only; null where the store does not say.
   */
  version: string | null
  /** S3: `STANDARD`, `GLACIER` and so on; absent where the store has no such thing. */
  storageClass?: string
}

/** Objects older than `afterDays` are moved to the class. */
export interface ClassTransition {
  afterDays: number
  storageClass: string
}

/** What became of a rule of Holdfast. `absent`: there is none, and none is wanted. */
export interface RuleOutcome {
  state: 'installed' | 'present' | 'refused' | 'unsupported' | 'absent'
  detail?: string
}

/** What `put` confirmed: counted and hashed on the way out, and compared with what the store reports. */
export interface StoredObject {
  key: string
  sizeBytes: number
  /** SHA-256 of the bytes that were sent, lower-case hex. */
  sha256: string
}

export interface PutOptions {
  /** Expected final size, to choose part sizes; it may be wrong. */
  sizeHintBytes?: number
  /** How many objects the caller writes at once (1): their buffers share one budget of memory. */
  atOnce?: number
  contentType?: string
  /** Of all bytes, in lower-case hex, to be asked for once the body has ended: who gives it spares the driver to hash them once more. */
  sha256?: () => string
}

export interface DeleteOutcome {
  key: string
  /** `absent` counts as success: deletion is idempotent. `refused`: locked or not permitted. */
  result: 'deleted' | 'absent' | 'refused' | 'failed'
  message?: string
}

/** Bytes that a store holds in all, and has left. */
export interface StoreSpace {
  totalBytes: number
  freeBytes: number
}

/**
 * One destination's store. Keys are made by lib/core/repository and never start with "/".
 *
 * Errors: HoldfastError with one of these codes; `transient` says whether a retry may help.
 * `storage-unreachable` `storage-denied` `storage-not-found` (bucket or folder is missing) `object-not-found`
 * `object-exists` `object-damaged` (size or checksum differs) `object-archived` (in a class that must be brought back
 * before it can be read) `storage-full` `storage-failed`.
 * A connection that stalls (no byte for a minute) is an error, never an endless wait.
 */
export interface Storage {
  readonly kind: string
  readonly features: StorageFeatures

  /**
   * Creates the object from a stream of unknown length. Never overwrites: fails with `object-exists`.
   * The object appears under its key only when complete and confirmed (size and checksum as the store reports them).
   * On any error or abort nothing stays behind: multipart uploads are aborted, temporary files removed. A source
   * stream that errors or ends by `destroy()` is an error, never the end of the object.
   */
  put(key: string, body: Readable, options: PutOptions, run: RunContext): Promise<StoredObject>

  /**
   * Opens the object for reading. `start` and `end` are both inclusive, as in HTTP. The stream fails with
   * `object-damaged` if it ends before `end` or the full size.
   */
  get(key: string, range: { start: number; end: number } | null, run: RunContext): Promise<Readable>

  /** Null when there is no such object. */
  head(key: string, run: RunContext): Promise<ObjectInfo | null>

  /** All objects below the prefix in key order, paged inside. Unfinished uploads are not listed. */
  list(prefix: string, run: RunContext): AsyncIterable<ObjectInfo>

  /** Deletes in the order given and reports each; throws only when the store cannot be asked at all. */
  delete(keys: string[], run: RunContext): Promise<DeleteOutcome[]>

  /** Ends unfinished uploads below the prefix (crashed runs); returns their keys. The caller knows that none is live. */
  abortUploads(prefix: string, run: RunContext): Promise<string[]>

  /**
   * Whether backups may go to this place at all; nothing is written. Throws `folder-refused`. Absent where any place will do.
   */
  checkPlace?(run: RunContext): Promise<void>

  /** Writes, reads back, lists and deletes a probe object and reports what the store supports. Throws only on abort. */
  probe(run: RunContext): Promise<ProbeReport>

  /**
   * Installs or checks the store's own safety net (S3 lifecycle: abort stale uploads, expire far behind retention).
   * Keeps every rule that is not Holdfast's. `expireAfterDays` null: objects never expire, only stale uploads are ended.
   */
  ensureSafetyNet?(expireAfterDays: number | null, run: RunContext): Promise<RuleOutcome>

  /**
   * Installs or changes the rule of Holdfast that moves objects to other storage classes by age, and removes it when no
   * transition is given. Keeps every rule that is not Holdfast's.
   */
  ensureTransitions?(transitions: ClassTransition[], run: RunContext): Promise<RuleOutcome>

  /**
   * Asks the store to make archived objects readable for some days, which takes hours. `readable`: all can be read now;
   * `requested`: it was begun by this call; `under-way`: it had been begun before. Idempotent. Throws
   * `thaw-unsupported` where the store cannot.
   */
  thaw?(keys: string[], days: number, run: RunContext): Promise<'requested' | 'under-way' | 'readable'>

  /** What the store holds and has left, without writing anything. Absent where stores do not say. */
  space?(run: RunContext): Promise<StoreSpace>

  /** Releases sockets. */
  close(): Promise<void>
}

/** A destination with its secret unsealed, as the drivers take it. `config` was parsed by the contract of its kind. */
export interface DestinationSpec {
  id: string
  name: string
  kind: string
  config: Record<string, unknown>
  /** By the names of their fields; one that was not given is absent. */
  secrets: Readonly<Record<string, string>>
}

/** What a driver's folder exports (`index.ts` of lib/storage lists them). */
export interface StorageDriver {
  readonly kind: string
  open(spec: DestinationSpec): Storage
}
