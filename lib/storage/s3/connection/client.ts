import { S3Client } from '@aws-sdk/client-s3'
import type { S3Config } from '@/lib/contracts/destinations/s3'
import { restrictedAgents } from '@/lib/network/restricted-agent'
import { watchAnswers } from './watch-answers'

const connectionTimeoutMs = 10_000
/** Parts in flight plus listing, head and abort requests; one worker may run several backups at once. */
const maxSockets = 32

/**
 * A client that does what the destination says and nothing that the environment says: AWS_ENDPOINT_URL, FIPS, dual
 * stack or retry settings of the machine could send backups elsewhere. Only without an access key is the SDK's default
 * chain asked, and then for credentials alone. Retries are made here, so the SDK makes one attempt.
 *
 * `stallMs`: a request whose socket is idle for so long fails; 0 for readers of bodies, whose consumer may pause.
 */
export function makeClient(config: S3Config, secret: string | null, stallMs: number): S3Client {
  const client = new S3Client({
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    ...(config.accessKeyId ? { credentials: { accessKeyId: config.accessKeyId, secretAccessKey: secret ?? '' } } : {}),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: false,
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: 1,
    // Checksums are announced and compared by us; the SDK would hash whole bodies a second time.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Parts are buffered and retried by us: waiting for "100 Continue" only costs a round trip for each.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      socketTimeout: stallMs,
      ...restrictedAgents({ keepAlive: true, maxSockets }),
    },
  })
  watchAnswers(client, config)
  return client
}
