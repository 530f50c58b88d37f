import { clsx, type ClassValue } from 'clsx'
import { twMerge } from 'tailwind-merge'

/** Class names joined; of two that set the same thing the last one wins. */
export function cn(...values: ClassValue[]): string {
  return twMerge(clsx(values))
}
