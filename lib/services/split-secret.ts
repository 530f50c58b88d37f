/** Takes the write-only field out of a config, so that it can never be stored beside the rest by mistake. */
export function splitSecret(
  config: Record<string, unknown>,
  field: string,
): { config: Record<string, unknown>; secret: string | undefined } {
  const { [field]: secret, ...rest } = config
  return { config: rest, secret: typeof secret === 'string' ? secret : undefined }
}
