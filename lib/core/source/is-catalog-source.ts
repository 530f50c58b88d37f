/** The source that the first start makes of Holdfast's own database. */
export const catalogName = 'Holdfast catalog'

/** Whether a source is Holdfast's own catalog: it is protected like any other, and is never counted as a user's database. */
export function isCatalogSource(source: { name: string; engine: string }): boolean {
  return source.name === catalogName && source.engine === 'postgres'
}
