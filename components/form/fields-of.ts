import type { ComponentProps, ComponentType } from 'react'
import type { FieldPathByValue, FieldValues } from 'react-hook-form'
import { ChecksInput } from './checks-input'
import { CheckInput, RadiosInput, SelectInput, SwitchInput, type Choice } from './choice-inputs'
import { AreaInput, LinesInput, NumberInput, TextInput, WordsInput } from './text-inputs'

type Named<Values extends FieldValues, Value, Props> = ComponentType<
  Omit<Props, 'name'> & { name: FieldPathByValue<Values, Value> }
>

/** The fields of one form. Each takes only names of values that it can show. */
export interface FormFields<Values extends FieldValues> {
  Text: Named<Values, string, ComponentProps<typeof TextInput>>
  Area: Named<Values, string, ComponentProps<typeof AreaInput>>
  Number: Named<Values, number | null, ComponentProps<typeof NumberInput>>
  Words: Named<Values, string[], ComponentProps<typeof WordsInput>>
  Lines: Named<Values, string[], ComponentProps<typeof LinesInput>>
  Select: Named<Values, string, ComponentProps<typeof SelectInput>>
  Radios: Named<Values, string, ComponentProps<typeof RadiosInput>>
  Switch: Named<Values, boolean, ComponentProps<typeof SwitchInput>>
  Check: Named<Values, boolean, ComponentProps<typeof CheckInput>>
  Checks: Named<Values, string[] | number[], ComponentProps<typeof ChecksInput>>
}

const fields = {
  Text: TextInput,
  Area: AreaInput,
  Number: NumberInput,
  Words: WordsInput,
  Lines: LinesInput,
  Select: SelectInput,
  Radios: RadiosInput,
  Switch: SwitchInput,
  Check: CheckInput,
  Checks: ChecksInput,
}

/** Call it beside the component, not in it. The names are typed, the fields are the same for every form. */
export const fieldsOf = <Values extends FieldValues>(): FormFields<Values> => fields as FormFields<Values>

export type { Choice }
