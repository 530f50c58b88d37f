import { describe } from 'vitest'
import { describeRegressionDatabase } from '@/test/helpers/databases/describe-regression-database'

describe('what PostgreSQL’s own regression tests leave behind', () => describeRegressionDatabase(15))
