/** What belongs to an error code. */
export interface ErrorEntry {
  /**
   * HTTP status of an answer that carries the code. 422 says that what was asked cannot be done; it becomes 503 when the
   * trouble may pass by itself, which the place that throws decides (`HoldfastError.transient`).
   */
  status: number
  /** Exit status of the command line; 1 where none is given. */
  exit?: 2 | 3
  /** When and why it happens, in whole sentences for the documentation. */
  cause: string
  /** What a person does about it, in whole sentences for the documentation. */
  remedy: string
}
