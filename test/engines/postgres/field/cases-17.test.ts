import { describe } from 'vitest'
import { describeFieldCases } from '@/test/helpers/databases/describe-field-cases'
import { fieldCases } from '@/test/helpers/databases/field-cases'

/**
 * All are tried on 15. Of 17 those run by default in which another version may matter: its own kinds, extensions, rights,
 * settings, encodings and the order of a restore. All of them: HOLDFAST_TEST_CASES=all npm test -- integration cases-17
 */
const byDefault =
  /^(pg17|partman|preloaded|extension-member|latin1|money-database|matview-group|read-only|role-settings$|public-schema-recreated)/
const cases =
  process.env['HOLDFAST_TEST_CASES'] === 'all'
    ? fieldCases
    : fieldCases.filter((one) => byDefault.test(one.name ?? one.file))

describe('databases from the field on PostgreSQL 17', () => describeFieldCases(17, cases))
