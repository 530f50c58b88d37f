import { describe } from 'vitest'
import { describeFieldCases } from '@/test/helpers/databases/describe-field-cases'
import { fieldCases } from '@/test/helpers/databases/field-cases'

describe('databases from the field', () => describeFieldCases(15, fieldCases))
