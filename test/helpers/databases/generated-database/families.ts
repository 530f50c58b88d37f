import { type Letters, literal } from './names'

/** A type with values that are worth keeping. */
export interface Family {
  type: string
  values: readonly string[]
  /** Has an order and a hash, so that it can be in a key. */
  ordered?: boolean
  /** NULL is not among its values. */
  required?: boolean
  gin?: boolean
  gist?: boolean
}

const quoted = (type: string, values: readonly string[], more: Omit<Family, 'type' | 'values'> = {}): Family => ({
  type,
  values: values.map(literal),
  ...more,
})
const ordered = { ordered: true }
const gist = { gist: true }

/** The built-in families of types. */
export function builtInFamilies(letters: Letters): Family[] {
  const texts = [
    '',
    ' ',
    'a\tb',
    'line\nline',
    'cr\r\nlf',
    '\\',
    '\\.',
    '\\N',
    "it's",
    '"q"',
    '%s %',
    '\u0001\u007f',
    'NULL',
    'x'.repeat(300),
    ...letters.words,
  ]
  const short = texts.filter((text) => text.length < 6)
  return [
    quoted('smallint', ['-32768', '0', '32767'], ordered),
    quoted('integer', ['-2147483648', '0', '7', '2147483647'], ordered),
    quoted('bigint', ['-9223372036854775808', '1', '9223372036854775807'], ordered),
    quoted('numeric', ['NaN', 'Infinity', '-Infinity', '0.000', '-1.10', '1e-200', `9${'0'.repeat(90)}.5`], ordered),
    quoted('numeric(12,3)', ['NaN', '123456789.125', '-0.001'], ordered),
    quoted('real', ['NaN', 'Infinity', '-Infinity', '-0', '0.1', '3.4e38', '1e-40'], ordered),
    quoted('double precision', ['NaN', 'Infinity', '-0', '0.1', '1.7976931348623157e308', '5e-324'], ordered),
    { type: 'money', values: ['1234.56::numeric::money', '(-0.01)::numeric::money', '0::numeric::money'], ...ordered },
    quoted('boolean', ['t', 'f'], ordered),
    quoted('text', texts, ordered),
    quoted('varchar(400)', texts, ordered),
    quoted('char(7)', short, ordered),
    quoted('"char"', ['a', '', '\\'], ordered),
    quoted('name', short, ordered),
    quoted('text COLLATE "C"', texts, ordered),
    quoted('bytea', ['\\x', '\\x00ff5c27', '\\xdeadbeef0a0d'], ordered),
    quoted('date', ['infinity', '-infinity', '4713-01-01 BC', '0001-12-31 BC', '2024-02-29', '99999-12-31'], ordered),
    quoted('time', ['00:00', '24:00', '12:34:56.789012'], ordered),
    quoted('time with time zone', ['00:00+14', '23:59:59.999999-15:59:59'], ordered),
    quoted('timestamp', ['infinity', '4713-02-01 BC', '1900-01-01 00:00:00.000001', '2024-03-31 02:30'], ordered),
    quoted('timestamp(0)', ['-infinity', '2024-10-27 02:30:00'], ordered),
    quoted(
      'timestamp with time zone',
      ['infinity', '-infinity', '0044-03-15 12:00 BC', '1883-11-18 12:00:00 America/New_York', '2024-10-27 00:30+00'],
      ordered,
    ),
    quoted(
      'interval',
      ['-1 year +2 mons -3 days +04:05:06.789', '1 day -00:00:01', '-178000000 years', '0', 'P1Y2M3DT4H5M6S'],
      ordered,
    ),
    quoted('interval day to second(3)', ['3 days 04:05:06.789', '-1 day'], ordered),
    quoted('uuid', ['00000000-0000-0000-0000-000000000000', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], ordered),
    quoted('json', ['{"a":  1, "a": 2}', '[]', 'null', '"\\u0041\\n"', ' {"b":"x"} ']),
    quoted('jsonb', ['{"a": [1, 1e3, null], "b": "c\\n"}', '[]', '0.10', '"\\u0041"'], { ordered: true, gin: true }),
    quoted('xml', ['<a b="c">d</a>', 'content <b/> only', '<!DOCTYPE a><a/>'].slice(0, 2)),
    quoted('jsonpath', ['$.a[*] ? (@ > 1)', 'strict $']),
    quoted('inet', ['192.168.1.5/24', '::1', '10.0.0.0/8'], ordered),
    quoted('cidr', ['10.0.0.0/8', '2001:db8::/32'], ordered),
    quoted('macaddr', ['08:00:2b:01:02:03'], ordered),
    quoted('macaddr8', ['08:00:2b:01:02:03:04:05'], ordered),
    quoted('bit(5)', ['10101', '00000'], { ordered: false }),
    quoted('bit varying', ['', '1', '0101010101'], { ordered: false }),
    quoted('tsvector', ["'a':1A 'cat':3,4B", "'it''s' 'back\\\\slash'", ''], { gin: true, gist: true }),
    quoted('tsquery', ["'a' & !'b':*A <-> 'c'", "'x y'"]),
    quoted('point', ['(0,-0)', '(1e300,NaN)', '(Infinity,1)'].slice(0, 2)),
    quoted('line', ['{1,-1,0}']),
    quoted('lseg', ['[(0,0),(1,1)]']),
    quoted('box', ['(1,1),(0,0)'], gist),
    quoted('path', ['((0,0),(1,1),(2,0))', '[(0,0),(1,1)]']),
    quoted('polygon', ['((0,0),(1,1),(2,0))'], gist),
    quoted('circle', ['<(0.1,0.2),3>'], gist),
    quoted('int4range', ['[1,10)', 'empty', '(,)', '(,5]'], { ordered: true, gist: true }),
    quoted('numrange', ['(1.10,NaN]', '[0,)', 'empty'], { ordered: true, gist: true }),
    quoted('daterange', ['[2024-01-01,infinity]', '(,)'], { ordered: true, gist: true }),
    quoted('tsrange', ['["2024-01-01 00:00","2024-01-02 00:00")'], { ordered: true, gist: true }),
    quoted('tstzrange', ['["0044-03-15 12:00+00 BC",infinity)'], { ordered: true, gist: true }),
    quoted('int8multirange', ['{}', '{[1,2),[5,9)}', '{(,)}'], { ordered: true, gist: true }),
    quoted('tstzmultirange', ['{["2024-01-01 00:00+00","2024-01-02 00:00+00")}'], { ordered: true, gist: true }),
    quoted('integer[]', ['{}', '{1,NULL,3}', '[0:2]={1,2,3}', '{{1,2},{3,4}}'], { ordered: true, gin: true }),
    { type: 'text[]', values: [`ARRAY[${texts.map(literal).join(', ')}]`, `'{NULL,"NULL",""}'`], gin: true },
    quoted('numeric[]', ['{NaN,Infinity,0.00}'], ordered),
    quoted('timestamptz[]', ['{infinity,"2024-01-01 00:00+00"}'], ordered),
    quoted('jsonb[]', ['{"{\\"a\\": 1}"}']),
    quoted('pg_lsn', ['FFFFFFFF/FFFFFFFF', '0/0'], ordered),
    quoted('pg_snapshot', ['10:20:10,14,15']),
    quoted('oid', ['0', '4294967295'], ordered),
    quoted('xid8', ['18446744073709551615']),
    quoted('tid', ['(0,1)', '(4294967295,65535)']),
    quoted('regtype', ['integer', 'pg_catalog.text']),
    quoted('regclass', ['pg_catalog.pg_class']),
    quoted('regprocedure', ['pg_catalog.abs(integer)']),
    quoted('regconfig', ['pg_catalog.english']),
    quoted('int2vector', ['1 2 3', '']),
    quoted('oidvector', ['1 2 3']),
    quoted('refcursor', ['cursor']),
    quoted('information_schema.yes_or_no', ['YES', 'NO']),
  ]
}
