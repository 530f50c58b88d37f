#!/usr/bin/env node
import { pushFile } from './cli/wal-push'

/** `holdfast wal-push FILE` for database servers: exit 0 once the file is stored, 1 with one line on stderr otherwise. */
const [file, ...others] = process.argv.slice(2).filter((each, at) => at > 0 || each !== 'wal-push')
const done =
  file === undefined || others.length > 0
    ? Promise.reject(new Error("Name one file: archive_command = 'holdfast wal-push %p'."))
    : pushFile(file, process.env)
done.then(
  () => process.exit(0),
  (error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    console.error(`holdfast wal-push ${file ?? ''}: ${why.replace(/\s+/g, ' ')}`)
    // Above 125 PostgreSQL's archiver ends and is started again, and no failure is counted.
    process.exit(1)
  },
)
