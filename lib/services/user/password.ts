import { hash, verify } from '@node-rs/argon2'

/** argon2id, 19 MiB, two passes: the library's defaults and OWASP's first choice. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password)
}

let decoy: Promise<string> | undefined

/** Compares in the same time whether or not there is a hash, so that unknown users cannot be told from known ones. */
export async function passwordMatches(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hash('nobody has this password')
  const matches = await verify(passwordHash ?? (await decoy), password)
  return matches && passwordHash !== null
}
