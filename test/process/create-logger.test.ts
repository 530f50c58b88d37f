import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { expect, it } from 'vitest'

it('masks secret fields, and passwords that others quote in their messages (security 10)', () => {
  const script = `import { createLogger } from '@/lib/process/create-logger'
    const log = createLogger('test').child({ url: 'postgresql://u:hidden-one@h/d' })
    log.error('cannot open postgresql://u:hidden-two@h/d', { password: 'hidden-three', error: 'password=hidden-four refused', job: 'shown' })`
  const root = path.resolve(import.meta.dirname, '../..')
  const env = { PATH: process.env['PATH'], NODE_ENV: 'test' } as const
  const line = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  expect(line).not.toContain('hidden')
  expect(JSON.parse(line)).toMatchObject({ level: 50, job: 'shown' })
})
