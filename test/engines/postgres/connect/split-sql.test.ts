import { describe, expect, it } from 'vitest'
import { splitSql } from '@/lib/engines/postgres/connect/split-sql'

describe('splitting the script of roles', () => {
  it('keeps quoted semicolons, quotes, comment marks and line breaks', () => {
    expect(
      splitSql(`-- a comment; with a semicolon
CREATE ROLE "a;""b -- c";
COMMENT ON ROLE x IS 'it''s; fine
\\! touch /tmp/x
end';
ALTER ROLE y SET search_path TO E'a\\'; b', 'c';
`),
    ).toEqual([
      'CREATE ROLE "a;""b -- c"',
      "COMMENT ON ROLE x IS 'it''s; fine\n\\! touch /tmp/x\nend'",
      "ALTER ROLE y SET search_path TO E'a\\'; b', 'c'",
    ])
  })

  it("drops psql's own commands (fault 87)", () => {
    expect(splitSql('\\restrict abc\n\\! rm -rf /\nSELECT 1;\n\\connect x\nSELECT 2;\n\\unrestrict abc\n')).toEqual([
      'SELECT 1',
      'SELECT 2',
    ])
  })

  it('refuses a script that was cut', () => {
    expect(() => splitSql("CREATE ROLE a; COMMENT ON ROLE a IS 'never")).toThrow(SyntaxError)
    expect(() => splitSql('CREATE ROLE a; ALTER ROLE')).toThrow(SyntaxError)
  })
})
