import { describe } from 'vitest'
import { describeRegressionDatabase } from '@/test/helpers/databases/describe-regression-database'

describe('what the regression tests of PostgreSQL 17 leave behind', () => describeRegressionDatabase(17))
