'use client'

import { useQuery } from '@tanstack/react-query'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { Source } from '@/lib/contracts/source'
import type { PointWords } from '@/components/engines/engine-screen'
import { engineScreen } from '@/components/engines/index'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { RadioChoices } from '@/components/ui/radio-choices'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { firstValue, targetTypes, type ChosenPoint } from './chosen-point'
import { NameField } from './name-field'
import { TimeField } from './time-field'

interface PointFieldsProps {
  source: Source
  known: RecoveryWindows
  chosen: ChosenPoint
  onChoose: (chosen: ChosenPoint) => void
}

/** Which point: of which kind it is, and what that kind needs. */
export function PointFields({ source, known, chosen, onChoose }: PointFieldsProps) {
  const { recovery } = engineScreen(source.engine)
  const change = (part: Partial<ChosenPoint>) => onChoose({ ...chosen, ...part })
  const { value } = chosen
  const type = (text: string) => change({ value: text })
  const choices = [
    { value: 'latest', label: 'The latest state', hint: 'Everything that is stored.' },
    { value: 'time', label: 'A time', hint: 'What was committed up to it, by the clock of the server.' },
    { value: 'name', label: 'A restore point', hint: 'A moment that was given a name before.' },
    ...(recovery
      ? [
          { value: 'lsn', ...shown(recovery.position) },
          { value: 'xid', ...shown(recovery.transaction) },
        ]
      : []),
    { value: 'immediate', label: 'The end of the newest base backup', hint: 'As soon as it is consistent.' },
  ]
  return (
    <div className="space-y-4">
      <RadioChoices
        label="Recover to"
        choices={choices}
        value={chosen.type}
        onChange={(chosenType) => {
          const next = targetTypes.find((each) => each === chosenType)
          if (next) change({ type: next, value: firstValue(next, known) })
        }}
      />
      {chosen.type === 'time' && <TimeField value={value} onChange={type} />}
      {chosen.type === 'name' && <NameField points={known.restorePoints} value={value} onChange={type} />}
      {chosen.type === 'lsn' && recovery && <WordField words={recovery.position} value={value} onChange={type} />}
      {chosen.type === 'xid' && recovery && <WordField words={recovery.transaction} value={value} onChange={type} />}
      <Ways known={known} chosen={chosen} onChange={change} />
    </div>
  )
}

const shown = ({ label, hint }: PointWords) => ({ label, hint })

interface WordFieldProps {
  words: PointWords
  value: string
  onChange: (value: string) => void
}

function WordField({ words, value, onChange }: WordFieldProps) {
  return (
    <Field label={words.label} className="max-w-80">
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          className="font-mono"
          placeholder={words.example}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

interface WaysProps {
  known: RecoveryWindows
  chosen: ChosenPoint
  onChange: (part: Partial<ChosenPoint>) => void
}

/** Along which timeline and from which destination, where there are several. */
function Ways({ known, chosen, onChange }: WaysProps) {
  const destinations = useQuery({ ...destinationsQuery(), enabled: known.destinations.length > 1 })
  const timelines = [...new Set(known.windows.map(({ timeline }) => timeline))]
  return (
    <div className="grid max-w-2xl gap-4 empty:hidden sm:grid-cols-2">
      {timelines.length > 1 && (
        <Field label="Timeline" hint="A server that was promoted or recovered went on along one of its own.">
          {(control) => (
            <Select
              {...control}
              value={chosen.timeline}
              onChange={({ target }) => onChange({ timeline: target.value })}
            >
              <option value="">The newest</option>
              {timelines.map((timeline) => (
                <option key={timeline} value={timeline}>
                  {timeline}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {known.destinations.length > 1 && (
        <Field label="Read from">
          {(control) => (
            <Select
              {...control}
              value={chosen.destinationId}
              onChange={({ target }) => onChange({ destinationId: target.value })}
            >
              <option value="">Any destination</option>
              {known.destinations.map(({ destinationId }) => (
                <option key={destinationId} value={destinationId}>
                  {destinations.data?.items.find(({ id }) => id === destinationId)?.name ?? destinationId}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </div>
  )
}
