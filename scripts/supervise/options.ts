/** What `scripts/start.mjs` hands to the supervisor. Paths are absolute. */
export interface SuperviseOptions {
  /** The clone. */
  root: string
  /** HOLDFAST_HOME. */
  home: string
  host: string
  port: number
  dev: boolean
  demo: boolean
  say(line: string): void
  warn(line: string): void
}
