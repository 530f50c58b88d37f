import { describe, expect, it } from 'vitest'
import { parseMounts } from '@/lib/core/storage/mounts'
import { whyNoPlace } from '@/lib/core/storage/why-no-place'

const mounts = parseMounts(`21 26 0:20 / /proc rw - proc proc rw
23 26 0:6 / /dev rw - devtmpfs devtmpfs rw
24 23 0:22 / /dev/shm rw - tmpfs tmpfs rw
26 1 254:0 / / rw shared:1 - ext4 /dev/vda rw
27 26 254:16 / /mnt/disk rw - ext4 /dev/vdb rw
28 26 254:0 /etc/ssl /mnt/bound rw - ext4 /dev/vda rw
29 26 254:0 /srv/hold\\040fast /mnt/home rw - ext4 /dev/vda rw
30 26 0:30 / /mnt/kernel rw - debugfs debugfs rw
31 26 0:31 / /mnt/memory rw - tmpfs tmpfs rw
`)
const why = (real: string, home = '/srv/hold fast', inDataFolder = false) =>
  whyNoPlace({ named: real, real, home, mounts, inDataFolder })

describe('a place for backups', () => {
  it.each([
    '/backups',
    '/mnt/disk',
    '/mnt/disk/etc',
    '/var/backups/holdfast',
    '/var/lib/holdfast-backups',
    '/root/backups',
    '/home/joe/backups',
    '/tmp/backups',
    '/srv/hold fast/backups',
    '/srv/hold fast/backups/second',
    '/srv/hold fast 2',
    '/etcetera',
    '/mnt/home/backups',
    '/mnt/memory/backups',
  ])('may be %s', (folder) => {
    expect(why(folder)).toBeNull()
  })

  it.each([
    ['/', /holds the folder/],
    ['/srv', /holds the folder/],
    ['/srv/hold fast', /HOLDFAST_HOME/],
    ['/srv/hold fast/keys', /HOLDFAST_HOME/],
    ['/srv/hold fast/backups2', /HOLDFAST_HOME/],
    ['/proc', /system \(\/proc\)/],
    ['/proc/1/root/tmp', /system/],
    ['/dev/shm/backups', /system \(\/dev\)/],
    ['/etc', /system/],
    ['/etc/cron.d', /system/],
    ['/usr/local/lib', /system/],
    ['/run/holdfast', /system/],
    ['/boot', /system/],
    ['/lib64/x', /system/],
    ['/var/lib', /whole system/],
    ['/var/log/x', /system/],
    ['/tmp', /whole system/],
    ['/root', /whole system/],
    ['/root/.ssh', /hidden/],
    ['/home/joe/.config/x', /hidden/],
    ['/mnt/bound', /system \(\/etc\)/],
    ['/mnt/bound/certs', /system \(\/etc\)/],
    ['/mnt/home', /HOLDFAST_HOME/],
    ['/mnt/home/keys', /HOLDFAST_HOME/],
    ['/mnt/kernel/x', /debugfs/],
  ])('is not %s (security 31)', (folder, reason) => {
    expect(why(folder)).toMatch(reason)
  })

  it('is not a data folder of PostgreSQL (security 31)', () => {
    expect(why('/data/main/base', '/home/h', true)).toMatch(/PostgreSQL/)
  })

  it('may be the backups of a home that lies in a hidden folder, and nothing else in there', () => {
    expect(why('/root/.holdfast/backups', '/root/.holdfast')).toBeNull()
    expect(why('/root/.holdfast/run', '/root/.holdfast')).toMatch(/HOLDFAST_HOME/)
  })
})
