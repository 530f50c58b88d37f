'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import {
  clockText,
  presetCron,
  presetNames,
  presetWords,
  readClock,
  readPreset,
  weekdays,
  type PresetName,
  type PresetTime,
} from '@/lib/client/schedule-preset'

interface PresetFieldProps {
  cron: string
  error: string | undefined
  onChange: (cron: string) => void
}

/** A rhythm and what it leaves to choose; the cron expression itself for those who want more. */
export function PresetField({ cron, error, onChange }: PresetFieldProps) {
  const read = readPreset(cron)
  // An expression that happens to be a preset is not taken away from someone who is typing it.
  const [expert, setExpert] = useState(read.name === 'cron')
  const name: PresetName = expert ? 'cron' : read.name
  const choose = (chosen: PresetName) => {
    setExpert(chosen === 'cron')
    if (chosen !== 'cron') onChange(presetCron(chosen))
  }
  const retime = (time: Partial<PresetTime>) => {
    if (name !== 'cron') onChange(presetCron(name, { ...read.time, ...time }))
  }
  return (
    <>
      <div className="flex flex-wrap gap-2" role="group" aria-label="Presets">
        {presetNames.map((preset) => (
          <Button
            key={preset}
            variant="secondary"
            size="sm"
            aria-pressed={name === preset}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
            onClick={() => choose(preset)}
          >
            {presetWords[preset]}
          </Button>
        ))}
      </div>
      {name === 'cron' && (
        <Field label="Cron expression" hint="Minute, hour, day of the month, month, day of the week" error={error}>
          {(control) => (
            <Input
              {...control}
              className="font-mono"
              value={cron}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      )}
      {(name === 'hourly' || name === 'every-4-hours') && (
        <Field label="Minutes past the hour">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={0}
              max={59}
              value={read.time.minute}
              onChange={(event) =>
                retime({ minute: Math.min(59, Math.max(0, Math.trunc(Number(event.target.value)))) })
              }
            />
          )}
        </Field>
      )}
      {(name === 'daily' || name === 'weekly' || name === 'monthly') && (
        <div className="grid gap-4 sm:grid-cols-2">
          {name === 'weekly' && (
            <Field label="Day of the week">
              {(control) => (
                <Select
                  {...control}
                  value={read.time.weekday}
                  onChange={(event) => retime({ weekday: Number(event.target.value) })}
                >
                  {weekdays.map((day, index) => (
                    <option key={day} value={index}>
                      {day}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          {name === 'monthly' && (
            <Field label="Day of the month" hint="Up to the 28th, which every month has">
              {(control) => (
                <Select
                  {...control}
                  value={read.time.day}
                  onChange={(event) => retime({ day: Number(event.target.value) })}
                >
                  {Array.from({ length: 28 }, (_, index) => (
                    <option key={index + 1}>{index + 1}</option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <TextField
            label="Time of day"
            type="time"
            value={clockText(read.time)}
            onChange={(typed) => retime(readClock(typed) ?? {})}
          />
        </div>
      )}
    </>
  )
}
