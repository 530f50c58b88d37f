import { expect, test } from 'vitest'
import { freshCatalog } from '../helpers/catalog/catalog'

test('gives each caller a migrated catalog of its own', async () => {
  const [one, two] = await Promise.all([freshCatalog(), freshCatalog()])
  try {
    await one.db.user.create({ data: { email: 'a@example.org', name: 'A', role: 'admin', passwordHash: 'x' } })
    expect(await one.db.user.count()).toBe(1)
    expect(await two.db.user.count()).toBe(0)
  } finally {
    await Promise.all([one.drop(), two.drop()])
  }
})
