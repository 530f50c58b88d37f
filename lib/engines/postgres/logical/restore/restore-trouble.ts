/** What a server said against a statement of the archive. */
export interface RestoreTrouble {
  /** The object in words, such as `FK CONSTRAINT child child_parent_id_fkey`, or the statement; null: pg_restore named neither. */
  object: string | null
  said: string
  detail: string | null
  hint: string | null
  context: string | null
  /**
   * `machine`: something is missing where it was restored to. `source`: the archive holds what pg_dump wrote, and no
   * restore brings it back as it is.
   */
  fault: 'machine' | 'source'
  /** True for what no locale, library or setting of the machine could have to do with. */
  certain: boolean
  remedy: string
}

const shownCommand = 160

const firstError =
  /error: (?:could not execute query: |COPY failed for table "(?<table>.*?)": |error returned by PQputCopy\w+: )?(?:ERROR|FATAL): +(?<said>.*)/

/** Reads the first error in what pg_restore wrote; null when there is none of a server's. Messages are in English. */
export function restoreTrouble(stderr: string): RestoreTrouble | null {
  const found = firstError.exec(stderr)
  const said = found?.groups?.['said']
  if (found === null || said === undefined) return null
  const before = stderr.slice(0, found.index)
  const behind = stderr.slice(found.index)
  const entry = [...before.matchAll(/from TOC entry \d+; \d+ \d+ (.+)/g)].at(-1)?.[1]
  const field = (name: string) => new RegExp(`^${name}: +(.*)`, 'm').exec(behind)?.[1] ?? null
  const trouble = { said, detail: field('DETAIL'), hint: field('HINT'), context: field('CONTEXT') }
  const table = found.groups?.['table']
  // Jobs of pg_restore do not name the entry. Of an entry the last word is the owner.
  const command = /^Command was: ([\s\S]+)/m.exec(behind)?.[1]?.replace(/\s+/g, ' ')
  const object =
    entry?.replace(/ \S+$/, '') ??
    (table === undefined ? (command?.slice(0, shownCommand) ?? null) : `TABLE DATA ${table}`)
  return { object, ...trouble, ...judge({ ...trouble, copying: table !== undefined }) }
}

interface Told {
  said: string
  context: string | null
  copying: boolean
}

const machineLacks: [RegExp, (name: string) => string][] = [
  [
    /could not (?:access|load|find) (?:file|library) "(.+?)"/,
    (name) => `Install the library ${name} where it is restored, as the source has it.`,
  ],
  [/could not find function ".+?" in file "(.+?)"/, (name) => `Install the library ${name} in the source's version.`],
  [/must be loaded via "?shared_preload_libraries/, () => 'Name its library in shared_preload_libraries there.'],
  [
    /extension "(.+?)" (?:is not available|has no installation script|has no update path)/,
    (name) => `Install the extension ${name} there, in the source's version.`,
  ],
  [/required extension "(.+?)" is not installed/, (name) => `Install the extension ${name} there.`],
  [
    /could not open (?:dictionary|affix|stop-word|synonym|thesaurus) file "(.+?)"/,
    (name) => `Copy the file ${name} from the source's machine.`,
  ],
  [/could not create locale "(.+?)"/, (name) => `Install the locale ${name} there.`],
  [/could not open collator for locale "(.+?)"/, (name) => `Install ICU with the locale ${name} there.`],
  [/collation "(.+?)" for encoding .* does not exist/, (name) => `Install the locale of the collation ${name} there.`],
  [/ICU is not supported|locale provider .* not supported/, () => 'Use a build of PostgreSQL with ICU there.'],
  [/invalid value for parameter "(.+?)"/, (name) => `Make the source's value of ${name} possible there.`],
  [/could not connect to server "(.+?)"/, (name) => `Let the server there reach ${name}.`],
  [
    /could not (?:resize|write|extend|open) (?:shared memory|file|temporary)/,
    () => 'Look at the disk and memory there.',
  ],
  [/tablespace "(.+?)" does not exist/, (name) => `Make the tablespace ${name} there.`],
]

/** What the restoring role may not do; a sandbox's may everything. */
const forbidden = /permission denied|must be (?:superuser|owner|able to SET ROLE|member)|only superusers? can/i

const cannotBeAsItIs: { applies: (told: Told) => boolean; certain?: true; remedy: string }[] = [
  {
    applies: ({ said }) => /violates foreign key constraint/.test(said),
    certain: true,
    remedy:
      'The source has rows that break this key though it believes the key valid: they were written while triggers were off (session_replication_role, DISABLE TRIGGER). Correct or delete them there, and back up again.',
  },
  {
    applies: ({ said }) => /could not create unique index|duplicate key value/.test(said),
    remedy:
      'The source holds the same key twice, so an index there is damaged: REINDEX shows it. Delete the rows that are too many there, REINDEX, and back up again.',
  },
  {
    applies: ({ said }) =>
      /violates check constraint|no partition of relation|violates partition constraint|violates not-null/.test(said),
    remedy:
      'A row breaks what the table promises, or the promise depends on something that is not there while rows are restored (another table, a setting, a clock). Mend the row or the constraint in the source, and back up again.',
  },
  {
    applies: ({ said, context, copying }) => copying && /does not exist/.test(said) && /, column /.test(context ?? ''),
    certain: true,
    remedy:
      'A column of a type such as regclass names an object that is made after the rows, for example an index. Keep such names as text in the source, and back up again.',
  },
  {
    applies: ({ said, context }) => /does not exist/.test(said) && /function/.test(context ?? ''),
    certain: true,
    remedy:
      'A function names something without its schema, and restores run with an empty search path. In the source write the schema in front of the name, or run ALTER FUNCTION ... SET search_path = ..., and back up again.',
  },
]

const restoreAsSuperuser =
  'The role that restores may not make it: restore as a superuser. For what belongs to other roles, owners "drop" is enough.'
const unknown =
  'The archive is whole; its statement is refused. Mend the object in the source, try it with pg_dump and pg_restore, and back up again.'

function judge(told: Told): Pick<RestoreTrouble, 'fault' | 'certain' | 'remedy'> {
  for (const [pattern, remedy] of machineLacks) {
    const found = pattern.exec(told.said)
    if (found) return { fault: 'machine', certain: true, remedy: remedy(found[1] ?? '') }
  }
  if (forbidden.test(told.said)) return { fault: 'machine', certain: true, remedy: restoreAsSuperuser }
  const known = cannotBeAsItIs.find(({ applies }) => applies(told))
  return { fault: 'source', certain: known?.certain ?? false, remedy: known?.remedy ?? unknown }
}
