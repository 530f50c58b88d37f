const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const isNumber = (field: string): boolean => /^\d+$/.test(field)
const clock = (hour: string, minute: string): string => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`

function ordinal(day: number): string {
  const tail =
    day % 10 === 1 && day !== 11
      ? 'st'
      : day % 10 === 2 && day !== 12
        ? 'nd'
        : day % 10 === 3 && day !== 13
          ? 'rd'
          : 'th'
  return `${day}${tail}`
}

function weekday(field: string): string | undefined {
  const index = isNumber(field) ? Number(field) % 7 : dayNames.indexOf(field.toUpperCase())
  return days[index]
}

function weekdays(field: string): string | null {
  if (field === '1-5' || field.toUpperCase() === 'MON-FRI') return 'Monday to Friday'
  const names = field.split(',').map(weekday)
  return names.every((name) => name !== undefined) ? names.join(', ') : null
}

/** Common cron expressions in words; null for one that words would only obscure. */
export function cronWords(cron: string): string | null {
  const [minute, hour, date, month, day, extra] = cron.trim().split(/\s+/)
  if (!minute || !hour || !date || !month || !day || extra !== undefined) return null
  const everyDay = date === '*' && month === '*' && day === '*'
  const everyMinutes = /^\*\/(\d+)$/.exec(minute)?.[1]
  if (everyDay && hour === '*') {
    if (minute === '*') return 'Every minute'
    if (everyMinutes) return `Every ${everyMinutes} minutes`
    if (isNumber(minute)) return Number(minute) === 0 ? 'Every hour, on the hour' : `Every hour, ${minute} minutes past`
  }
  if (!isNumber(minute)) return null
  const everyHours = /^\*\/(\d+)$/.exec(hour)?.[1]
  if (everyDay && everyHours) return `Every ${everyHours} hours, ${minute} minutes past`
  const hours = hour.split(',')
  if (!hours.every(isNumber)) return null
  const at = hours.map((each) => clock(each, minute)).join(', ')
  if (everyDay) return `Every day at ${at}`
  if (date === '*' && month === '*') {
    const names = weekdays(day)
    return names && `${names.includes('to') || names.includes(',') ? names : `Every ${names}`} at ${at}`
  }
  if (isNumber(date) && day === '*') {
    if (month === '*') return `On the ${ordinal(Number(date))} of every month at ${at}`
    const name = isNumber(month) ? months[Number(month) - 1] : undefined
    return name ? `Every year on ${Number(date)} ${name} at ${at}` : null
  }
  return null
}
