import { describe } from 'vitest'
import { describeFieldCases } from '@/test/helpers/describe-field-cases'
import { fieldCases } from '@/test/helpers/field-cases'

describe('databases from the field', () => describeFieldCases(15, fieldCases))
