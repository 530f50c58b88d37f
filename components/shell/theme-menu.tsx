'use client'

import { useState } from 'react'
import { Monitor, Moon, Sun } from 'lucide-react'
import { applyTheme, themes, type Theme } from '@/lib/client/theme'

const looks = {
  system: { label: 'System theme', Icon: Monitor },
  light: { label: 'Light theme', Icon: Sun },
  dark: { label: 'Dark theme', Icon: Moon },
} as const

/** Three states that stay visible; a toggle of two cannot go back to the system's. */
export function ThemeMenu({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  return (
    <div role="radiogroup" aria-label="Theme" className="inline-flex rounded-md border border-line p-0.5">
      {themes.map((name) => {
        const { label, Icon } = looks[name]
        return (
          <button
            key={name}
            type="button"
            role="radio"
            aria-checked={theme === name}
            aria-label={label}
            title={label}
            onClick={() => {
              setTheme(name)
              applyTheme(name)
            }}
            className="rounded p-1.5 text-ink-3 hover:text-ink aria-checked:bg-muted aria-checked:text-ink"
          >
            <Icon className="size-3.5" aria-hidden />
          </button>
        )
      })}
    </div>
  )
}
