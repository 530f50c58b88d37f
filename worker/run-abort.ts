/** Why a run is stopped; the reason of its signal. */
export class RunAbort extends Error {
  override readonly name = 'RunAbort'
  constructor(readonly kind: 'cancelled' | 'lease-lost' | 'shutdown') {
    super(
      {
        cancelled: 'Cancelled by request.',
        'lease-lost': 'The job was taken over.',
        shutdown: 'The worker is stopping.',
      }[kind],
    )
  }
}
