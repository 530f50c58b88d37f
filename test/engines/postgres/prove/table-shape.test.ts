import { describe, expect, it } from 'vitest'
import { tableShape } from '@/lib/engines/postgres/logical/prove/table-shape'

describe('what is compared of a definition', () => {
  it('a CASE over several lines is no column, a comma or a bracket in quotes ends none', () => {
    const definition = `CREATE TABLE public.ticket (
    id integer NOT NULL,
    state character varying(20) DEFAULT 'new, (not' NOT NULL,
    "odd, (name" numeric(10,2),
    "constraint" text COLLATE "C",
    open boolean GENERATED ALWAYS AS (
CASE
    WHEN ((state)::text = ANY ((ARRAY['new'::character varying, 'it''s, )'::character varying])::text[])) THEN true
    ELSE NULL::boolean
END) STORED,
    moments timestamp(3) with time zone[],
    CONSTRAINT closed_has_time CHECK (
CASE
    WHEN true THEN (id IS NOT NULL)
END),
    CONSTRAINT "odd check" CHECK ((state <> $$a, b$$::text))
)
PARTITION BY RANGE (id);

ALTER TABLE public.ticket OWNER TO someone;
`
    expect(tableShape(definition)).toEqual([
      'COLUMN id integer',
      'NOT NULL of column id',
      'COLUMN state character varying(20)',
      'NOT NULL of column state',
      'COLUMN "odd, (name" numeric(10,2)',
      'COLUMN "constraint" text',
      'COLUMN open boolean',
      'COLUMN moments timestamp(3) with time zone[]',
      'CHECK CONSTRAINT closed_has_time',
      'CHECK CONSTRAINT "odd check"',
    ])
  })

  it('a domain has its checks and whether it may be null', () => {
    const definition = `CREATE DOMAIN public.code AS text COLLATE "C" DEFAULT 'a CHECK b'::text NOT NULL
	CONSTRAINT short CHECK ((length(VALUE) < 5))
	CONSTRAINT "two words" CHECK ((VALUE <> ''::text));`
    expect(tableShape(definition)).toEqual(['NOT NULL', 'CHECK CONSTRAINT short', 'CHECK CONSTRAINT "two words"'])
  })

  it('a child, a typed table, a partition and what is no table at all', () => {
    expect(tableShape('CREATE TABLE a.b (\n    c integer\n)\nINHERITS (a.parent, a.other);')).toEqual([
      'COLUMN c integer',
    ])
    expect(tableShape('CREATE TABLE a.b (\n)\nINHERITS (a.parent);')).toEqual([])
    expect(tableShape('CREATE UNLOGGED TABLE a.b OF a.kind (\n    CONSTRAINT c CHECK ((x > 1))\n);')).toEqual([
      'CHECK CONSTRAINT c',
    ])
    expect(tableShape('')).toEqual([])
  })
})
