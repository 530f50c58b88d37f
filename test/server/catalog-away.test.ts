import { afterAll, beforeAll, expect, it } from 'vitest'
import { GET as health } from '@/app/api/v1/health/route'
import { GET as listJobs } from '@/app/api/v1/admin/jobs/route'
import { closeContainer } from '@/lib/server/container'
import { freePort } from '../helpers/servers/ports'
import { tempDir } from '../helpers/temp'
import { call } from '../helpers/web'

let home: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  home = await tempDir('away')
  const url = `postgresql://holdfast:hunter2@127.0.0.1:${await freePort()}/holdfast`
  Object.assign(process.env, { DATABASE_URL: url, HOLDFAST_HOME: home.path, NEXTAUTH_SECRET: 'x' })
})
afterAll(async () => {
  await closeContainer()
  await home.remove()
})

it('says that the catalog cannot be reached, with 503 and without its address (fault 14)', async () => {
  for (const answer of [await call(health), await call(listJobs, { token: 'hf_any' })]) {
    expect(answer.json).toMatchObject({ status: 503, code: 'catalog-unreachable' })
    expect(answer.text).not.toContain('hunter2')
  }
})
