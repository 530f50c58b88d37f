const source = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const backup = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12'
const wal = `holdfast/v1/${source}/log/7427183920114572081/00000001`
const binlog = `holdfast/v1/${source}/log/3E11FA47-71CA-11E1-9E33-C80AA9429562/0`
const set = `holdfast/v1/${source}/set/20261121T020000Z-${backup}`

/** Keys of a repository that holds logs and a set, written out by hand: the layout that is stored must not change. */
export const logAndSetKeys = [
  `${wal}/index/00000001.json`,
  `${wal}/index/100000000.json`,
  `${wal}/keys/00000001/identity-0a1b2c3d4e5f-2.age`,
  `${wal}/keys/00000001/identity-0a1b2c3d4e5f.age`,
  `${wal}/keys/00000001/identity.age`,
  `${wal}/segments/0000000000000000-00000001.history.zst.age`,
  `${wal}/segments/0000000000000001-000000010000000000000001.zst.age`,
  `${wal}/segments/0000000000000002-000000010000000000000002`,
  `${wal}/slices/0000000000000003-000000010000000000000003/0000000000000000-0000000000065536.zst.age`,
  `${wal}/slices/0000000000000003-000000010000000000000003/0000000000065536-0000000016777216.lz4`,
  `${binlog}/segments/0000000000999999-mysql-bin.999999.gz`,
  `${binlog}/segments/0000000001000000-mysql-bin.1000000.bz2.age`,
  `holdfast/v1/${source}/log/gr=C3=B6=C3=9Fe=2F1/=2E=2E/segments/0000000000000001-appendonly.aof.1.incr.aof.xz`,
  `holdfast/v1/${source}/log/x/x/segments/0000000000000001-archive=2Egz`,
  `${set}/RESTORE.md`,
  `${set}/manifest.json`,
  `${set}/manifest.sig.json`,
]

/** Keys that look like those and are not ours. */
export const nearMisses = [
  // A number of another length, one that is no number, one that no object has.
  `${wal}/index/0000001.json`,
  `${wal}/index/000000001.json`,
  `${wal}/index/00000001.json.bak`,
  `${wal}/index/00000001.sig.json`,
  `${wal}/index/0000000x.json`,
  `${wal}/segments/1-000000010000000000000001.zst.age`,
  `${wal}/segments/9999999999999999-000000010000000000000001.zst.age`,
  // Names and suffixes that are written otherwise.
  `${wal}/segments/0000000000000001`,
  `${wal}/segments/0000000000000001-`,
  `${wal}/segments/000000010000000000000001.zst.age`,
  `${wal}/segments/0000000000000001-000000010000000000000001.zst.gpg`,
  `${wal}/segments/0000000000000001-000000010000000000000001.age.zst`,
  `${wal}/segments/0000000000000001-000000010000000000000001.gz.zst.age`,
  `${wal}/segments/0000000000000001-.hidden.zst.age`,
  `${wal}/segments/0000000000000001-000000010000000000000001 (1).zst.age`,
  `${wal}/segments/0000000000000001-a=41.zst.age`,
  `${wal}/segments/0000000000000001-a=c3=b6.zst.age`,
  `${wal}/segments/0000000000000001-a=C3.zst.age`,
  `${wal}/segments/0000000000000001-${'x'.repeat(129)}`,
  `${wal}/segments/0000000000000001-000000010000000000000001.zst.age/x`,
  // Slices that are empty, run backwards, or lie beside their folder.
  `${wal}/slices/0000000000000003-a/0000000000000005-0000000000000005.zst.age`,
  `${wal}/slices/0000000000000003-a/0000000000000005-0000000000000004.zst.age`,
  `${wal}/slices/0000000000000003-a/0000000000000005.zst.age`,
  `${wal}/slices/0000000000000003-a/0000000000000000-0000000000000005-0000000000000009.zst.age`,
  `${wal}/slices/0000000000000000-0000000000000005.zst.age`,
  // Keys of nobody.
  `${wal}/keys/identity.age`,
  `${wal}/keys/00000001/identity-0a1b2c3d4e5f-1.age`,
  `${wal}/keys/00000001/identity-kit.age`,
  `${wal}/keys/00000001/identity.age.old`,
  `${wal}/keys/1/identity.age`,
  // Folders that a log does not have.
  `${wal}/000000010000000000000001.zst.age`,
  `${wal}/segment/0000000000000001-a.zst.age`,
  `${wal}/segments`,
  `holdfast/v1/${source}/log/x/segments/0000000000000001-a.zst.age`,
  `holdfast/v1/${source}/log/../x/segments/0000000000000001-a.zst.age`,
  `holdfast/v1/${source}/log//x/segments/0000000000000001-a.zst.age`,
  `holdfast/v1/${source}/logs/x/x/segments/0000000000000001-a.zst.age`,
  `holdfast/v1/${source.toUpperCase()}/log/x/x/segments/0000000000000001-a.zst.age`,
  `holdfast/v1/${'-'.repeat(36)}/log/x/x/segments/0000000000000001-a.zst.age`,
  `holdfast/v2/${source}/log/x/x/segments/0000000000000001-a.zst.age`,
  `x/${wal}/index/00000001.json`,
  // A set has three files, in a folder with a time.
  `${set}/archive.dump.zst.age`,
  `${set}/identity.age`,
  `${set}/manifest.json/x`,
  `${set}`,
  `holdfast/v1/${source}/set/manifest.json`,
  `holdfast/v1/${source}/sets/20261121T020000Z-${backup}/manifest.json`,
  `holdfast/v1/${source}/set/20261321T020000Z-${backup}/manifest.json`,
  `holdfast/v1/${source}/set/20261121T020000Z-latest/manifest.json`,
]
