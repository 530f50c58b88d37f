import type { Manifest } from '@/lib/contracts/repository/manifest'
import { compressions } from '@/lib/contracts/engines/common'
import { builtInFormats } from '@/lib/contracts/encryption'
import { kitFile } from '@/lib/core/repository/checking-signature'
import { forgetting, reading, type StoredFile, unlocking, unpack, unpackers } from '@/lib/core/repository/hand-reading'
import type { HandStep } from '@/lib/core/repository/hand-step'
import { partFile } from '@/lib/core/repository/paths'
import { storedFormats } from '@/lib/core/repository/stored-formats'

const logKeyFile = 'log.key'
const format = storedFormats[builtInFormats[0]]

/** Objects of the log are stored in whichever way the source had then: each says by its name how it is read. */
const plainFunction = (() => {
  const ways = compressions.flatMap((compression) => {
    const command = unpack[compression]
    const suffix = partFile('', compression, 'none')
    return command === undefined ? [] : `*${suffix} | *${suffix}${format.suffix}) ${command} ;;`
  })
  const decrypt = `case "$1" in *${format.suffix}) ${format.decrypt(logKeyFile, '"$1"')} ;; *) cat "$1" ;; esac`
  return `plain() { ${decrypt} | case "$1" in ${ways.join(' ')} *) cat ;; esac; }`
})()

const tablespaceOf = ({ role, facts }: StoredFile): string | null =>
  role === 'tablespace' && typeof facts?.oid === 'string' && /^\d+$/.test(facts.oid) ? facts.oid : null

/** From the repository's folder of the log, as lib/core/repository/log-paths.ts has it, to the names that the server asks for. */
const readingLog: HandStep[] = [
  {
    say: 'The log lies beside the folders of the backups, in a folder for the server that wrote it. Fetch the folder log to where the folder of this backup is',
    run: `log="../log/$(LC_ALL=C pg_controldata restored | sed -n 's/^Database system identifier: *//p')"`,
  },
  {
    say: 'Unwrap the keys of the log with your recovery kit; messages about keys that are wrapped for another kit are harmless',
    run: `for file in "$log"/*/keys/*/*${format.suffix}; do if test -e "$file"; then ${format.decrypt(kitFile, '"$file"')} >> ${logKeyFile} || true; fi; done`,
  },
  { say: 'What reads an object of the log', run: plainFunction },
  {
    say: 'Segments before this one are not needed',
    run: `first="$(sed -n 's/^START WAL LOCATION.*(file \\([0-9A-F]*\\))$/\\1/p' restored/backup_label)" && mkdir -m 700 wal`,
  },
  {
    say: 'Segments, and the histories of timelines',
    run: 'for file in "$log"/*/segments/*; do name="${file##*/}"; name="${name#*-}"; case "$name" in *.history*) name="${name%%.*}.history" ;; *) name="${name%%.*}"; if [[ "${name:8}" < "${first:8}" ]]; then continue; fi ;; esac; plain "$file" > "wal/$name"; done',
  },
  {
    say: 'The segment that was open, of which there are slices',
    run: `for folder in "$log"/*/slices/*/; do name="\${folder%/}"; name="\${name##*/}"; name="\${name#*-}"; if test -d "$folder" && ! test -e "wal/$name"; then truncate -s "$(LC_ALL=C pg_controldata restored | sed -n 's/^Bytes per WAL segment: *//p')" "wal/$name"; for file in "$folder"*; do from="\${file##*/}"; plain "$file" | dd of="wal/$name" bs=1M oflag=seek_bytes conv=notrunc status=none seek="$((10#\${from%%-*}))"; done; fi; done`,
  },
]

/** Up to here the steps of a backup are carried out for the one that builds on it. */
export const asBackedUp = 'Now the folder restored is the data directory as it was backed up'

const parentFirst: HandStep = {
  say: `This backup has only what changed. First carry out the RESTORE.md of the backup that it builds on (chain.parent in manifest.json names it), in its own folder beside this one, up to the line that begins with Now the folder restored. This finds what was made there`,
  run: `before="$(cd ../*"$(sed -n 's/^ *"parent": "\\([0-9a-f-]*\\)".*/\\1/p' manifest.json)"*/restored && pwd)"`,
}

/** The links of the tablespaces lead to folders of their own, and those of what is made of it to new ones. */
function combining(oids: string[]): HandStep[] {
  const moved = oids.map((oid) => ` -T "\${PWD//=/\\\\=}/changes-${oid}=\${PWD//=/\\\\=}/tablespace-${oid}"`)
  return [
    {
      say: 'Combine it with the one before',
      run: `pg_combinebackup${moved.join('')} -o restored "$before" changes`,
    },
    { say: 'Check what was made', run: 'pg_verifybackup --no-parse-wal restored' },
    {
      say: 'The changes are in it now',
      run: `rm -rf ${['changes', ...oids.map((oid) => `changes-${oid}`)].join(' ')}`,
    },
  ]
}

/**
 * How to make a server of it with standard tools alone: the data directory from the parts, checked by PostgreSQL's own program, then
 * the log of the source replayed over it.
 */
export function howToRestore(files: StoredFile[], { tool, method }: Pick<Manifest, 'tool' | 'method'>): HandStep[] {
  const isIncremental = method === 'incremental'
  const unpacked = isIncremental ? 'changes' : 'restored'
  const spaceOf = (oid: string) => (isIncremental ? `changes-${oid}` : `tablespace-${oid}`)
  const base = files.filter(({ role }) => role === 'base')
  const spaces = files.flatMap((file) => tablespaceOf(file) ?? [])
  const oids = [...new Set(spaces)]
  const list = files.find(({ role }) => role === 'manifest')
  const configuration = files.find(({ role }) => role === 'configuration')
  const needed = [`the PostgreSQL server programs of version ${parseInt(tool?.version ?? '', 10)} in PATH`, 'tar']
  return [
    {
      say: `You need ${[...needed, ...unpackers(files)].join(', ')}, and what the log is compressed with. Be the user that the server is to run as, which is not root`,
    },
    ...(isIncremental ? [parentFirst] : []),
    ...unlocking(files),
    {
      say: 'A new data directory, and a folder for each tablespace',
      run: `mkdir -m 700 ${[unpacked, ...oids.map(spaceOf)].join(' ')}`,
    },
    ...base.map((file) => ({ say: 'Unpack', run: `${reading(file)} | tar -x -C ${unpacked}` })),
    ...files.flatMap((file) => {
      const oid = tablespaceOf(file)
      return oid === null ? [] : [{ say: 'Unpack', run: `${reading(file)} | tar -x -C ${spaceOf(oid)}` }]
    }),
    ...oids.map((oid) => ({ say: 'Link', run: `ln -s "$PWD/${spaceOf(oid)}" ${unpacked}/pg_tblspc/${oid}` })),
    ...(list
      ? [
          { say: "The server's own list of the files", run: `${reading(list)} > ${unpacked}/backup_manifest` },
          { say: 'Check every file with it', run: `pg_verifybackup --no-parse-wal ${unpacked}` },
        ]
      : []),
    ...(isIncremental ? combining(oids) : []),
    { say: asBackedUp },
    ...(oids.length === 0
      ? []
      : [
          {
            say: 'Where the tablespaces are now',
            run: `printf '%s\\n' ${oids.map((oid) => `"${oid} $PWD/tablespace-${oid}"`).join(' ')} > restored/tablespace_map`,
          },
        ]),
    { say: 'It follows no other server', run: 'rm -f restored/standby.signal restored/recovery.signal' },
    ...readingLog,
    ...(configuration
      ? [
          {
            say: 'The configuration, which the server kept elsewhere, to look at and to copy from',
            run: `mkdir -m 700 configuration && ${reading(configuration)} | tar -x -C configuration`,
          },
        ]
      : []),
    {
      say: 'The server starts without a configuration of its own as well',
      run: `touch restored/postgresql.conf restored/pg_ident.conf && { test -s restored/pg_hba.conf || echo 'local all all peer' > restored/pg_hba.conf; }`,
    },
    {
      say: 'Settings for the recovery. It goes to the end of the log; for a point before that add recovery_target_time (with its zone), recovery_target_lsn, recovery_target_xid or recovery_target_name to this file',
      run: `printf '%s\\n' "restore_command = 'cp \\"$PWD/wal/%f\\" \\"%p\\"'" "recovery_target_timeline = 'latest'" "recovery_target_action = 'promote'" "hot_standby = off" "archive_mode = off" "primary_conninfo = ''" >> restored/postgresql.auto.conf`,
    },
    { say: 'Recover', run: 'touch restored/recovery.signal' },
    { say: 'Start', run: 'pg_ctl -D "$PWD/restored" -l recovery.log -w -t 86400 start' },
    {
      say: 'It lets nobody in before it is at its target; PGHOST, PGPORT and PGUSER lead to it and its superuser. The file recovery.log says how far it is',
      run: 'until psql -X -d postgres -c "SELECT 1" > /dev/null 2>&1; do pg_ctl -D "$PWD/restored" status > /dev/null || break; sleep 1; done',
    },
    {
      say: 'Compare what was reached with what you meant to reach. Where a segment is missing or damaged the server opens at the place before it, without an error',
      run: `psql -X -d postgres -c 'SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp()'`,
    },
    {
      say: 'Before the server is put to use, take the settings for the recovery out of restored/postgresql.auto.conf again, and never let it archive to where its original does',
    },
    { say: 'Remove the keys of the log', run: `rm -f ${logKeyFile}` },
    ...forgetting(files),
  ]
}
