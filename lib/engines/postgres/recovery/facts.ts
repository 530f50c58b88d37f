/** What a base backup recorded of the server, and recovery needs. */
export interface RecoveryFacts {
  serverMajor: number
  /** The system identifier, as the log of this server has it. */
  identity: string
  /** Size of a segment of the log. */
  segmentBytes: number
  /** Settings by name that recovery insists on being as high as the primary's; the data directory's own are looked up beside them. */
  settings: Readonly<Record<string, number>>
  /** `shared_preload_libraries`, one by one. */
  preload: readonly string[]
  /** A role that may log in, such as the source's; which one is a superuser is looked up by it. */
  user: string
}
