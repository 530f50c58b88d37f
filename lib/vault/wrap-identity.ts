import { Decrypter, Encrypter, Stanza } from 'age-encryption'
import type { Recipient } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { recipientName } from '@/lib/core/repository/opened-by'
import type { KeyProvider, Stanza as WrappedFileKey } from '@/lib/ports/key-provider'

/** Each recipient once, the first of those with the same name. */
export function eachOnce(recipients: readonly Recipient[]): Recipient[] {
  return [...Map.groupBy(recipients, recipientName).values()].flatMap(([first]) => first ?? [])
}

/** A backup's identity as an age file that each recipient opens alone. Throws `key-invalid`, and what the providers throw. */
export async function wrapIdentity(
  providers: readonly KeyProvider[],
  identity: string,
  recipients: readonly Recipient[],
): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  for (const recipient of eachOnce(recipients)) {
    const provider = providerOf(providers, recipient)
    const wrapping = provider.recipient(recipient)
    try {
      encrypter.addRecipient(
        typeof wrapping === 'string'
          ? wrapping
          : { wrapFileKey: async (fileKey) => (await wrapping.wrapFileKey(fileKey)).map(toStanza) },
      )
    } catch (cause) {
      throw new HoldfastError('key-invalid', `${provider.describe(recipient)} is not a valid age key`, {
        remedy: 'Make a new recovery kit in the settings.',
        cause,
      })
    }
  }
  // With the newline it is an identity file that `age -i` takes as it is.
  return encrypter.encrypt(`${identity}\n`)
}

/**
 * The identity in such a file. Throws `key-missing` when no provider holds a key that it was wrapped for, `object-damaged`, and
 * what a provider said when no other one has opened it.
 */
export async function unwrapIdentity(providers: readonly KeyProvider[], wrapped: Uint8Array): Promise<string> {
  const decrypter = new Decrypter()
  let failed: { error: unknown } | null = null
  for (const identity of providers.flatMap((provider) => provider.identities())) {
    if (typeof identity === 'string') decrypter.addIdentity(identity)
    else {
      decrypter.addIdentity({
        async unwrapFileKey(stanzas) {
          try {
            return await identity.unwrapFileKey(stanzas)
          } catch (error) {
            // A service that is away must not keep the others from opening it.
            failed ??= { error }
            return null
          }
        },
      })
    }
  }
  try {
    return (await decrypter.decrypt(wrapped, 'text')).trim()
  } catch (cause) {
    const isForOthers = cause instanceof Error && cause.message.includes('no identity matched')
    if (isForOthers) throw errorOf(failed) ?? missing(cause)
    throw new HoldfastError('object-damaged', "The backup's wrapped key is damaged", { cause })
  }
}

const errorOf = (failed: { error: unknown } | null): unknown => failed?.error

function providerOf(providers: readonly KeyProvider[], recipient: Recipient): KeyProvider {
  const provider = providers.find((each) => each.serves(recipient))
  if (provider) return provider
  throw new HoldfastError('key-invalid', `No key provider is set up for the ${recipient.kind} key ${recipient.id}`, {
    facts: { recipient },
  })
}

/** Anything else in an argument would be read as another stanza, or as the end of the header. */
function toStanza({ args, body }: WrappedFileKey): Stanza {
  if (args.length === 0 || !args.every((arg) => /^[\x21-\x7e]+$/.test(arg))) {
    throw new TypeError('a key provider gave a stanza with an argument that age cannot hold')
  }
  return new Stanza([...args], body)
}

function missing(cause: unknown): HoldfastError {
  return new HoldfastError('key-missing', "The backup's key was not wrapped for this instance", {
    remedy: 'Start Holdfast with the master key of the instance that wrote it, or restore with the recovery kit.',
    cause,
  })
}
