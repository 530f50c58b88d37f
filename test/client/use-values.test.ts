import { describe, expect, it } from 'vitest'
import { startRecoverySchema, type AskedPoint } from '@/lib/contracts/recovery/recoveries'
import { ApiError } from '@/lib/client/api'
import { engineScreen, offeredEngines } from '@/components/engines/index'
import { asInForm, emptyUse, recoveryBody, wrongUse, type UseValues } from '@/components/recovery/point/use-values'

const sourceId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const other = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12'
const point: AskedPoint = { sourceId, target: { type: 'latest' } }
const [engine] = offeredEngines
const { restore } = engineScreen(engine)
const values = (part: Partial<UseValues> & { target?: object }): UseValues => ({
  ...emptyUse(restore),
  ...part,
  target: { ...emptyUse(restore).target, ...part.target },
})
const body = (part: Partial<UseValues>) => recoveryBody(point, values(part), { restore, firstTarget: sourceId })

describe('what a recovery is started with', () => {
  const target = { database: 'shop_then', owners: 'drop', only: 'public.orders' }
  const into = {
    database: 'shop_then',
    owners: 'drop',
    only: { schemas: [], tables: [{ schema: 'public', name: 'orders' }] },
  }
  const named = Object.assign(emptyUse(restore).target, target)

  it.each<[string, Partial<UseValues>, object]>([
    ['a look has nothing more', { use: 'look', directory: '/left/over' }, { use: 'look' }],
    [
      'a hand-over has its folder',
      { use: 'hand-over', directory: ' /srv/then ' },
      { use: 'hand-over', directory: '/srv/then' },
    ],
    [
      'what is taken goes to the first server that is offered',
      { use: 'take', target: named },
      { use: 'take', take: { into: { sourceId, ...into } } },
    ],
    [
      'or to the one that was chosen, and is another database where one is named',
      { use: 'take', target: { ...named, sourceId: other }, take: { database: ' crm ' } },
      { use: 'take', take: { database: 'crm', into: { sourceId: other, ...into } } },
    ],
  ])('%s', (_name, part, wanted) => {
    expect(body(part)).toEqual({ ...point, ...wanted })
    expect(startRecoverySchema.safeParse(body(part)).success).toBe(true)
  })

  it('is nothing that the contract takes while no point is chosen', () => {
    const without = recoveryBody(null, values({}), { restore, firstTarget: sourceId })
    expect(startRecoverySchema.safeParse(without).success).toBe(false)
  })

  it('says in plain words what is missing', () => {
    expect(wrongUse(values({ use: 'hand-over', directory: ' ' }), restore)).toEqual({
      directory: 'Name the new folder',
    })
    expect(wrongUse(values({ use: 'look' }), restore)).toEqual({})
    const wrong = { ...named, only: 'no table' }
    expect(Object.keys(wrongUse(values({ use: 'take', target: wrong }), restore))).toEqual(['target.only'])
    expect(wrongUse(values({ use: 'look', target: wrong }), restore)).toEqual({})
  })

  it('shows what the server refuses at the field where it was typed', () => {
    const problem = { type: 'about:blank', title: 'no', status: 422, code: 'invalid-input' }
    const errors = ['take.into.database', 'take.database', 'directory'].map((path) => ({ path, message: 'no' }))
    const named = asInForm(new ApiError({ ...problem, errors }))
    expect(named instanceof ApiError && named.problem.errors?.map(({ path }) => path)).toEqual([
      'target.database',
      'take.database',
      'directory',
    ])
    const away = new Error('away')
    expect(asInForm(away)).toBe(away)
  })
})
