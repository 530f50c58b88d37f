import { expect, it } from 'vitest'
import { PageDamage } from '@/lib/engines/postgres/physical/begin/page-damage'

const spaces = [{ oid: '16384', location: '/srv/space' }]

/** As the message catalogs of PostgreSQL 15 to 17 have them. */
it.each([
  'checksum verification failed in file "%s", block %u: calculated %X but expected %X',
  'Prüfsummenprüfung fehlgeschlagen in Datei »%s«, Block %u: berechnet %X, aber erwartet %X',
  'échec de la vérification de la somme de contrôle dans le fichier « %s », bloc %u : calculé %X mais attendu %X',
  'ファイル"%s"のブロック%uでチェックサム検証が失敗しました: 計算されたチェックサムは%Xですが想定は%Xです',
  'в файле "%s" (блок %u) ошибка контрольной суммы: вычислено %X, но ожидалось %X',
])('a damaged page is understood in every language: %s', (text) => {
  const damage = new PageDamage(spaces)
  const say = (file: string, block: number, ...sums: string[]) => {
    let message = text.replace('%s', file).replace('%u', String(block))
    for (const sum of sums) message = message.replace('%X', sum)
    return damage.hear(message)
  }
  expect(say('./base/5/16390.1', 131071, '9BBF', 'F592')).toBe(true)
  expect(say('/srv/space/PG_15_202209061/5/16385', 0, '0', '9C')).toBe(true)
  expect(say('./global/1260', 3, '1234', '5678')).toBe(true)
  expect(damage.pages).toEqual([
    { file: 'base/5/16390.1', block: 131071 },
    { file: 'pg_tblspc/16384/PG_15_202209061/5/16385', block: 0 },
    { file: 'global/1260', block: 3 },
  ])
})

it.each([
  'could not find any WAL files',
  'skipping special file "./base/5/socket"',
  'the server said 5 things about /srv/spaces/PG_15/5/1',
])('something else is not taken for damage: %s', (message) => {
  const damage = new PageDamage(spaces)
  expect(damage.hear(message)).toBe(false)
  expect(damage.warnings()).toEqual([])
})

it('the number of all pages of a file counts, of which the server names the first', () => {
  const damage = new PageDamage()
  for (const block of [3, 5])
    damage.hear(`checksum verification failed in file "./base/5/1", block ${block}: calculated A but expected B`)
  expect(damage.hear('further checksum verification failures in file "./base/5/1" will not be reported')).toBe(true)
  damage.hear('file "./base/5/1" has a total of 10 checksum verification failures')
  expect(damage.warnings()).toEqual([
    '10 page(s) of base/5/1 fail their checksum on the server, among them: block 3, 5.',
  ])
})
