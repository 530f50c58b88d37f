import type { ErrorEntry } from './error-entry'

/** Requests that cannot be read, or that the instance cannot answer now. */
export const requestErrors = {
  'invalid-input': {
    status: 400,
    cause: 'A field of the request is missing, has the wrong form, or contradicts another field.',
    remedy: 'Correct the fields that `errors` lists with their paths, and send the request again.',
  },
  'invalid-json': {
    status: 400,
    cause: 'The body of the request is not valid JSON.',
    remedy: 'Send valid JSON. An empty body counts as `{}`.',
  },
  'not-json': {
    status: 415,
    cause: 'The request has a body, but its header does not say that it is JSON.',
    remedy: 'Send the header `Content-Type: application/json`.',
  },
  'encoding-refused': {
    status: 415,
    cause: 'The body of the request is compressed (`Content-Encoding`).',
    remedy: 'Send the body as it is.',
  },
  'length-required': {
    status: 411,
    cause: 'A file was sent without saying how long it is, so that one that was cut short could not be noticed.',
    remedy: 'Send it with a `Content-Length`, as `curl -T` does.',
  },
  'body-cut-short': {
    status: 400,
    cause: 'The connection ended before the whole body of the request had arrived.',
    remedy: 'Send the request again. If it repeats, look at the proxy in front of Holdfast.',
  },
  'body-too-large': {
    status: 413,
    cause:
      'The body of the request is larger than this address takes, which is 1 MB at most, and 1 GB of a file of a log.',
    remedy: 'Send less: no setting of Holdfast needs as much.',
  },
  'body-too-slow': {
    status: 408,
    cause: 'The body of the request did not arrive within the time that the message names.',
    remedy: 'Send it again. If it repeats, look at the network and at the proxy in front of Holdfast.',
  },
  'address-too-long': {
    status: 414,
    cause: 'The path and query of the request are longer than Holdfast reads.',
    remedy: 'Shorten the query. A `cursor` is passed on as it came and never grows.',
  },
  'invalid-address': {
    status: 400,
    cause: 'The request names something other than a path, as requests to a proxy do.',
    remedy: 'Begin the request target with a slash. Do not use Holdfast as a forward proxy.',
  },
  'method-not-allowed': {
    status: 405,
    cause: 'Holdfast answers no request with this HTTP method.',
    remedy: 'Use the method that the OpenAPI document (`GET /api/v1/openapi.json`) names for this path.',
  },
  'host-not-allowed': {
    status: 421,
    cause:
      'The request was sent to a host name that this instance does not answer to. This keeps foreign names that point to this machine away.',
    remedy:
      'To use this name, start Holdfast with it in `HOLDFAST_ALLOWED_HOSTS`, or set `NEXTAUTH_URL` to the address that they use.',
  },
  'not-found': {
    status: 404,
    cause:
      'Nothing exists at this address, or it was deleted. A job ends with this code when its source, backup or destination was deleted while it waited.',
    remedy: 'Reload the list, and check the id or the name. `GET /api/v1/openapi.json` lists all addresses.',
  },
  'cursor-invalid': {
    status: 400,
    cause: 'The `cursor` of a list was changed, or belongs to another list.',
    remedy: 'Start again from the first page, and pass each `nextCursor` on as it came.',
  },
  'name-taken': {
    status: 409,
    cause: 'Another object of this kind has the name, or another account has the e-mail address.',
    remedy: 'Choose another name. For an account that exists, make a link for a new password instead of an invitation.',
  },
  conflict: {
    status: 409,
    cause: 'Somebody else, or another tab, changed the same thing at the same moment.',
    remedy: 'Reload the page, look at what is there now, and do it again if it is still needed.',
  },
  'too-many-streams': {
    status: 429,
    cause: 'The person or token has the maximum number of job event streams open.',
    remedy: 'Close one of them, or ask for the job itself (`GET /api/v1/admin/jobs/{id}`) every few seconds.',
  },
  'too-busy': {
    status: 503,
    cause: 'More requests, or more checks of passwords, are waiting than this instance answers at once.',
    remedy:
      'Try again after the time in `Retry-After`. If it lasts, look at who sends so many requests, and at the processors of the machine.',
  },
  'catalog-unreachable': {
    status: 503,
    exit: 3,
    cause:
      'The catalog, the PostgreSQL database that Holdfast keeps its own records in, does not answer, refuses the connection, or is not at the address in `DATABASE_URL`.',
    remedy:
      'Check that PostgreSQL runs and has free connections, that its disk is not full, and that `DATABASE_URL` is right where it is set. Work that is under way is not lost.',
  },
  'not-configured': {
    status: 500,
    cause: 'A setting in the environment is missing or cannot be used; the message names it.',
    remedy: 'Start Holdfast with `npm start`, which sets what it needs, and correct the setting that is named.',
  },
  unexpected: {
    status: 500,
    cause: 'An unexpected error occurred, most often a fault of Holdfast itself.',
    remedy:
      'For an answer of the API, look for the incident in `facts.incident` in the log of the web process; for a job, read its log. Report it with what you find there.',
  },
} satisfies Record<string, ErrorEntry>
