type Row = Record<string, unknown>

/**
 * Removes what a row visible to a limited token reveals about sources that the token may not see: sums over everything in a
 * destination, the jobs of other sources that a job waits for, and the sources that another token is limited to.
 */
const hiding: Record<string, (row: Row) => Row> = {
  Destination: (row) => ({
    ...row,
    ...('care' in row ? { care: {} } : {}),
    ...(isRow(row['probe']) ? { probe: without(row['probe'], ['space']) } : {}),
  }),
  Job: (row) => ({
    ...row,
    // A time to begin is its own schedule's; without one it is a limit that others fill.
    ...(typeof row['waitReason'] === 'string' && !row['startAfter'] ? { waitReason: 'Other work goes first.' } : {}),
    ...(isRow(row['actor']) ? { actor: without(row['actor'], ['sourceIds', 'scopes']) } : {}),
  }),
}

/** The answer of an operation on a model, one row or a list, without it. The type is the one that came in. */
export function hideOtherSources<Result>(model: string, result: Result): Result {
  const hide = hiding[model]
  if (!hide) return result
  const hidden: unknown = Array.isArray(result)
    ? result.map((row: unknown) => (isRow(row) ? hide(row) : row))
    : isRow(result)
      ? hide(result)
      : result
  return hidden as Result
}

const without = (row: Row, fields: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)))

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
