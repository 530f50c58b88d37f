/** Superuser address of the PostgreSQL 15 that `npm test` starts and all test files share. */
export function testPostgresUrl(): string {
  return required('HOLDFAST_TEST_PG_URL')
}

/** The S3 server that `npm test` starts. Buckets are the tests' own: make one with a random name. */
export function testS3(): { endpoint: string; accessKeyId: string; secretAccessKey: string } {
  return {
    endpoint: required('HOLDFAST_TEST_S3_ENDPOINT'),
    accessKeyId: required('HOLDFAST_TEST_S3_ACCESS_KEY'),
    secretAccessKey: required('HOLDFAST_TEST_S3_SECRET_KEY'),
  }
}

/** A missing server is red, never a skip. */
function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run the tests with \`npm test\`, which starts the servers`)
  return value
}
