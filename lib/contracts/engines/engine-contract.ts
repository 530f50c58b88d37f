import type { z } from 'zod'
import type { DownloadForm } from '../backup'
import type { BackupKind } from '../backup-kind'
import type { CertificateTarget } from '../certificate-target'
import type { StoredSecret } from '../stored-secret'

/** An address that a source is reached at. */
export interface SourceAddress {
  /** Where it is entered: `connection.host`, `options.replica.host`. */
  field: string
  host: string
}

/**
 * What everything outside an engine's folder knows of it: how its connections and options look, which secrets they have,
 * and what to call a source. Pure, and used by browser, API, CLI and worker. Functions take what is stored, whatever it is.
 */
export interface EngineContract {
  /** What people call the family: "PostgreSQL". */
  title: string
  /** What one source of it is called, before the label of a backup: "Database". */
  called: string
  /** As it is stored; without secrets. */
  connection: z.ZodObject
  /** The same as it is entered, without secrets; stricter. */
  enteredConnection: z.ZodObject
  /** As a new source is given it: with its secrets, and with what follows from the rest filled in. */
  newConnection: z.ZodType<Record<string, unknown>>
  /** Options of every source and the engine's own, as they are stored. */
  options: z.ZodObject
  enteredOptions: z.ZodObject
  /** The ways to take a backup; the first is taken where none is named. */
  methods: readonly [EngineMethod, ...EngineMethod[]]
  /** The settings of a restore beside the source whose server it goes to, as entered. */
  restoreTarget: z.ZodObject
  /** Where a restore goes, for people, within a sentence: `the new database "shop"`. */
  describeTarget(target: unknown): string
  /** What two restores to one source may not write at once. */
  targetKey(target: unknown): string
  /** How a target is named on the command line. */
  namedTarget: NamedTarget
  /** A part of the source can be read to measure compressions on it. */
  sampled: boolean
  /** Its log can be followed: sources of it can be protected continuously. */
  followed: boolean
  /** Forms of a download beside the files as they are stored. */
  downloads: readonly Exclude<DownloadForm, 'stored'>[]
  /** Options that a patch takes away with null. */
  removableOptions: readonly string[]
  secrets: readonly StoredSecret[]
  /** What decides where its secrets go: the settings that every `reach` is asked with. */
  secretPlace(source: StoredSettings): Record<string, unknown>
  /** What says which data is read, and how sure it is that it is that: a change of it is confirmed. Not the account. */
  readFrom(source: StoredSettings): Record<string, unknown>
  /** A patch of a stored connection, completed by what follows from it where nobody said otherwise. */
  completePatch(stored: unknown, patch: Readonly<Record<string, unknown>>): Record<string, unknown>
  /** What is backed up and where, for people: `shop at db1:5432`. Without secrets. */
  place(connection: unknown): string
  /** Hosts and addresses that a request may not choose freely; sockets and files are none. */
  addresses(source: StoredSettings): SourceAddress[]
  /** Folders and files of the worker's machine that backups read; absent: none. Holdfast's own are refused. */
  localPaths?(source: StoredSettings): string[]
  /** The server whose certificate is watched; null: there is none. */
  certificate(connection: unknown): CertificateTarget | null
  /** How many backups may build on one another before a full one is due; for methods that store differences. */
  longestChain?(options: unknown): number
  /**
   * What holds the data, by name, so that one that is gone is reported by its name. Absent: only how many there are is
   * compared, as far as the engine counts them.
   */
  containers?: NamedContainers
  /** The host that a backup loads, for the limit per host; null: none that another source could load, too. */
  loads(source: StoredSettings): string | null
}

/** One way to take a backup, as people choose it. */
export interface EngineMethod {
  kind: BackupKind
  title: string
  /** Stores differences only: needs a backup of this kind to begin with, and takes one where there is none. */
  buildsOn?: BackupKind
  /** A restore needs log from while it was taken: only for sources that are protected continuously. */
  needsLog?: boolean
}

/** What a command line says of a target. */
export interface TargetWords {
  to: string
  owners?: string | undefined
  only?: string | undefined
}

export interface NamedTarget {
  /** What `--to` names: `DATABASE`. */
  called: string
  /** The further words that this engine knows, each with the form of its value. */
  words: Partial<Record<Exclude<keyof TargetWords, 'to'>, string>>
  /** The target as it is entered, not checked yet. Throws a SyntaxError that quotes what was not understood. */
  read(words: TargetWords): Record<string, unknown>
}

/** How the names of what holds the data are read. */
export interface NamedContainers {
  /** The measure that counts them: `tables`. */
  measure: string
  /** All of them, as people know them (`public.orders`), by the facts of a manifest; null: these do not tell. */
  names(facts: unknown): readonly string[] | null
}

/** Connection and options as the catalog has them, or as a patch has some of them. */
export interface StoredSettings {
  connection: unknown
  options: unknown
}
