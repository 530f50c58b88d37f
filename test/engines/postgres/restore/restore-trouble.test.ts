import { describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { restoreError } from '@/lib/engines/postgres/logical/restore/restore-error'
import { restoreTrouble } from '@/lib/engines/postgres/logical/restore/restore-trouble'

const refused = (said: string, more = '') => `pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3361; 2606 16392 FK CONSTRAINT child child_parent_id_fkey postgres
pg_restore: error: could not execute query: ERROR:  ${said}
${more}Command was: ALTER TABLE ONLY public.child
    ADD CONSTRAINT child_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.parent(id);`

describe('whose fault a refused statement is', () => {
  it('object, DETAIL, HINT and CONTEXT are read from what pg_restore says', () => {
    const more = 'DETAIL:  Key (id)=(9) is missing.\nHINT:  Do that.\nCONTEXT:  SQL statement "SELECT 1"\n'
    expect(restoreTrouble(refused('insert or update violates foreign key constraint "x"', more))).toMatchObject({
      object: 'FK CONSTRAINT child child_parent_id_fkey',
      said: 'insert or update violates foreign key constraint "x"',
      detail: 'Key (id)=(9) is missing.',
      hint: 'Do that.',
      context: 'SQL statement "SELECT 1"',
      fault: 'source',
    })
  })

  it('without the entry, as jobs have it, the statement is the object; without an error there is none', () => {
    const said = `pg_restore: error: could not execute query: ERROR:  division by zero
Command was: CREATE INDEX  broken
    ON public.t (f());`
    expect(restoreTrouble(said)?.object).toBe('CREATE INDEX broken ON public.t (f());')
    expect(restoreTrouble('pg_restore: error: could not read from input file: end of file')).toBeNull()
  })

  it.each([
    ['could not access file "$libdir/shop_udf": No such file or directory', /shop_udf/],
    ['could not load library "/usr/lib/x.so": undefined symbol: y', /x\.so/],
    ['pgaudit must be loaded via shared_preload_libraries', /shared_preload_libraries/],
    ['extension "postgis" is not available', /postgis/],
    ['extension "hstore" has no installation script nor update path for version "9"', /hstore/],
    ['required extension "cube" is not installed', /cube/],
    ['could not open dictionary file "/usr/share/x.dict": No such file or directory', /x\.dict/],
    ['could not open stop-word file "/usr/share/x.stop": No such file or directory', /x\.stop/],
    ['could not create locale "de_DE.utf8": No such file or directory', /de_DE/],
    ['could not open collator for locale "xx": U_FILE_ACCESS_ERROR', /ICU/],
    ['ICU is not supported in this build', /ICU/],
    ['invalid value for parameter "lc_time": "de_DE.UTF-8"', /lc_time/],
    ['could not connect to server "elsewhere"', /elsewhere/],
    ['tablespace "fast" does not exist', /fast/],
    ['permission denied for language c', /superuser/],
    ['must be owner of extension hstore', /superuser/],
  ])('the machine lacks something: %s', (said, remedy) => {
    expect(restoreTrouble(refused(said))).toMatchObject({ fault: 'machine', remedy: expect.stringMatching(remedy) })
  })

  it('what a machine may have to do with is told apart from what it cannot', () => {
    const certain = (said: string) => restoreTrouble(refused(said))?.certain
    expect(certain('insert or update on table "c" violates foreign key constraint "k"')).toBe(true)
    expect(certain('new row for relation "t" violates check constraint "c"')).toBe(false)
    expect(certain('division by zero')).toBe(false)
  })

  it.each(['deadlock detected', 'canceling statement due to lock timeout', 'canceling statement due to user request'])(
    'nobody is at fault: %s',
    (said) => {
      const failed = new HoldfastError('command-failed', 'pg_restore failed', { facts: { stderr: refused(said) } })
      expect(restoreError(failed)).toMatchObject({ code: 'target-busy', transient: true })
    },
  )

  it.each([
    ['insert or update on table "c" violates foreign key constraint "k"', '', /triggers were off/],
    ['could not create unique index "u"', 'DETAIL:  Key (a)=(1) is duplicated.\n', /REINDEX/],
    ['new row for relation "t" violates check constraint "c"', '', /breaks what the table promises/],
    ['no partition of relation "m" found for row', '', /breaks what the table promises/],
    [
      'function inner_f(text) does not exist',
      'CONTEXT:  PL/pgSQL function public.outer_f(text) line 1\n',
      /search_path/,
    ],
    ['division by zero', '', /Mend the object in the source/],
  ])('the source has to be mended: %s', (said, more, remedy) => {
    expect(restoreTrouble(refused(said, more))).toMatchObject({
      fault: 'source',
      remedy: expect.stringMatching(remedy),
    })
  })
})
