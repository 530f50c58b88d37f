/** What one put did so far, for the cleaning up when it fails. */
export interface PutState {
  key: string
  /** Stored with the object as metadata: an object that carries it is from this upload, whatever answers were lost. */
  putId: string
  createAttempts: number
  uploadId: string | null
  /** The request that makes the object visible was sent at least once. */
  commitSent: boolean
}
