import pg from 'pg'

/** Runs a whole SQL script in one implicit transaction (the simple protocol); nothing of it stays when one part fails. */
export async function runScript(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'holdfast' })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
