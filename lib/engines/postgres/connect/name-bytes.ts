/**
 * Text of the catalog as its bytes, whatever they are: to read it in the database's own encoding may fail, and so may each
 * function that converts. For `decodeText` of that encoding, which gives what an archive's reader gives.
 */
export function nameBytes(column: string): string {
  return String.raw`pg_catalog.replace(${column}::text, E'\\', E'\\\\')::pg_catalog.bytea`
}
