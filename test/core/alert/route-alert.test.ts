import { describe, expect, it } from 'vitest'
import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { heldUntil, isRouted, type RoutedAlert } from '@/lib/core/alert/route-alert'

const shop = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const other = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12'
const alert: RoutedAlert = { event: 'backup-failed', severity: 'warning', sourceId: shop, tags: ['production'] }
const routed = (routing: object, change: Partial<RoutedAlert> = {}) =>
  isRouted(channelRoutingSchema.parse(routing), { ...alert, ...change })

describe('the routing of a channel', () => {
  it.each([
    ['sends everything when nothing is said', {}, {}, true],
    ['drops what is less severe', { minSeverity: 'critical' }, {}, false],
    ['keeps what is severe enough', { minSeverity: 'critical' }, { severity: 'critical' as const }, true],
    ['drops other events', { events: ['backup-slow'] }, {}, false],
    ['keeps named events', { events: ['backup-slow', 'backup-failed'] }, {}, true],
    ['drops other sources', { sourceIds: [other] }, {}, false],
    ['keeps named sources', { sourceIds: [other, shop] }, {}, true],
    ['drops sources without the tag', { tags: ['test'] }, {}, false],
    ['keeps sources with one of the tags', { tags: ['test', 'production'] }, {}, true],
    ['keeps a tagged source beside named ones', { sourceIds: [other], tags: ['production'] }, {}, true],
    [
      'keeps what is about no source, whatever sources are named',
      { tags: ['test'] },
      { sourceId: null, tags: [] },
      true,
    ],
    ['drops what is about no source when told to', { instance: false }, { sourceId: null, tags: [] }, false],
  ])('%s', (_, routing, change, expected) => {
    expect(routed(routing, change)).toBe(expected)
  })

  it('holds warnings back in quiet hours, and critical alerts only when told to', () => {
    const at = new Date('2026-01-15T03:00:00Z')
    const end = new Date('2026-01-15T07:00:00Z')
    const quiet = (alsoCritical: boolean) => channelRoutingSchema.parse({ quietHours: { alsoCritical } })
    expect(heldUntil(quiet(false), 'warning', at)).toEqual(end)
    expect(heldUntil(quiet(false), 'critical', at)).toBeNull()
    expect(heldUntil(quiet(true), 'critical', at)).toEqual(end)
    expect(heldUntil(quiet(true), 'warning', end)).toBeNull()
  })
})
