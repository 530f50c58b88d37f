/** After this many tries a delivery is given up and shown as failed: about 50 minutes with the delays below. */
export const maxDeliveryAttempts = 10

/** How long to wait after the try number `attempts`: 10 s, doubled each time, ten minutes at the most. */
export function retryDelaySeconds(attempts: number): number {
  return Math.min(600, 5 * 2 ** attempts)
}

/** After this many failed deliveries (about half a minute) the other channels report that this one fails. */
export const failingAfterAttempts = 3
