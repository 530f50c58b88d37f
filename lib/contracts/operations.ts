import { z } from 'zod'
import { normalUrl } from '../core/secrets/same-place'
import { declareReach, type SecretReach } from '../core/secrets/secret-reach'
import { patchOf, roleSchema } from './common'
import { enteredUrl } from './entered'

/** How much may run at once. What finds a limit full waits; it is never skipped (fault 88). */
const limitsSchema = z.object({
  /** Backups and restore tests of the whole instance. */
  global: z.number().int().min(1).max(1_000).default(16),
  /** Jobs that read from one host. */
  perHost: z.number().int().min(1).max(100).default(2),
  /** Jobs that write to one destination. */
  perDestination: z.number().int().min(1).max(100).default(4),
})

const retentionSchema = z.object({
  /** Days between the decision to delete and the deletion, in which it can be undone. */
  graceDays: z.number().int().min(0).max(365).default(3),
  /** Retention pauses when the newest backup lost more than this share of size or rows against its baseline. */
  pauseOnDropShare: z.number().min(0.05).max(1).default(0.5),
})

const verificationSchema = z.object({
  /** Every stored copy is read to its end at least this often, in days. */
  everyDays: z.number().int().min(1).max(3_650).default(30),
})

/** How long the catalog keeps what happened; backups, their proof and the audit log are no part of it. */
const recordsSchema = z.object({
  /** Days after its end that a job is kept, with its log. */
  jobDays: z.number().int().min(7).max(3_650).default(90),
  /** Days after its end that an alert is kept, with its deliveries. */
  alertDays: z.number().int().min(7).max(3_650).default(365),
})

const watchSchema = z.object({
  /** Days before a certificate expires at which a warning is raised. */
  certificateDays: z.number().int().min(1).max(365).default(21),
  /** Days before an API token or key expires at which a warning is raised. */
  tokenDays: z.number().int().min(1).max(365).default(14),
  /** Filled share of a destination from which it counts as nearly full. */
  nearlyFullShare: z.number().min(0.1).max(1).default(0.9),
})

const deadManSwitchSchema = z.object({
  /** Called while all is well, so that an outside service learns from silence that Holdfast itself is gone. */
  url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  intervalSeconds: z.number().int().min(30).max(86_400).default(60),
})

const cloudWatchSchema = z.object({
  enabled: z.boolean().default(false),
  region: z.string().min(1).default('us-east-1'),
  namespace: z.string().min(1).max(255).default('Holdfast'),
  /** For compatibles and tests; absent for AWS itself. Credentials come from the SDK's default chain. */
  endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
})

const pricesSchema = z.object({
  currency: z.string().length(3).default('USD'),
  /** Money for one GB (1,000,000,000 bytes) kept for a month, by storage class; `default` for what is not listed. */
  perGbMonth: z.record(z.string().max(64), z.number().min(0)).default({
    default: 0.023,
    STANDARD: 0.023,
    STANDARD_IA: 0.0125,
    GLACIER_IR: 0.004,
    GLACIER: 0.0036,
    DEEP_ARCHIVE: 0.00099,
    local: 0,
  }),
})

const accessSchema = z.object({
  /** Deletion, shorter policies, key export and overwriting restores need a second administrator. */
  fourEyes: z.boolean().default(false),
})

/** Sign-in through an identity provider. The client secret is write-only. */
const oidcSchema = z.object({
  enabled: z.boolean().default(false),
  issuer: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  clientId: z.string().max(512).default(''),
  /** On the sign-in page: "Sign in with <label>". */
  label: z.string().trim().max(60).default('single sign-on'),
  scopes: z.string().max(500).default('openid email profile'),
  /** The claim that names a person's groups. */
  groupsClaim: z.string().max(100).default('groups'),
  /** The highest role of a person's groups counts. */
  roleByGroup: z.record(z.string().max(200), roleSchema).default({}),
  /** For those in none of the groups; null refuses them. */
  defaultRole: roleSchema.nullable().default(null),
})

/** How this instance runs unattended: one stored section each, every field with a default. */
export const operationsSchema = z.object({
  limits: limitsSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  verification: verificationSchema.prefault({}),
  records: recordsSchema.prefault({}),
  watch: watchSchema.prefault({}),
  deadManSwitch: deadManSwitchSchema.prefault({}),
  cloudWatch: cloudWatchSchema.prefault({}),
  prices: pricesSchema.prefault({}),
  access: accessSchema.prefault({}),
  oidc: oidcSchema.prefault({}),
})
export type Operations = z.infer<typeof operationsSchema>
export type OperationsSection = keyof Operations

/** Where the stored secret of each section goes; null: the section has none. */
export const sectionReach: Record<OperationsSection, SecretReach | null> = {
  limits: null,
  retention: null,
  verification: null,
  records: null,
  watch: null,
  // Its address is its secret: another address is another secret.
  deadManSwitch: null,
  // Nothing of it is stored: the worker's own credentials sign each request, and the key itself is never sent.
  cloudWatch: null,
  prices: null,
  access: null,
  oidc: declareReach(
    oidcSchema,
    { field: 'oidc.clientSecret', name: 'client secret' },
    {
      issuer: { called: 'the issuer', where: ({ issuer }) => (issuer === null ? [] : [normalUrl(issuer)]) },
      enabled: 'aside',
      clientId: 'aside',
      label: 'aside',
      scopes: 'aside',
      groupsClaim: 'aside',
      roleByGroup: 'aside',
      defaultRole: 'aside',
    },
  ),
}

/** A section that is given replaces the fields it names; the others keep theirs. */
export const updateOperationsSchema = z.object({
  limits: patchOf(limitsSchema).optional(),
  retention: patchOf(retentionSchema).optional(),
  verification: patchOf(verificationSchema).optional(),
  records: patchOf(recordsSchema).optional(),
  watch: patchOf(watchSchema).optional(),
  deadManSwitch: patchOf(deadManSwitchSchema).optional(),
  cloudWatch: patchOf(cloudWatchSchema.extend({ endpoint: enteredUrl().nullable() })).optional(),
  prices: patchOf(pricesSchema).optional(),
  access: patchOf(accessSchema).optional(),
  oidc: patchOf(oidcSchema.extend({ issuer: enteredUrl().nullable() }))
    .extend({ clientSecret: z.string().max(4_096).optional() })
    .optional(),
})
export type UpdateOperations = z.infer<typeof updateOperationsSchema>

/** One object of a destination's `options`: what an administrator says of the place itself. */
export const destinationOptionsSchema = z.object({
  /** Where it stands, e.g. `eu-west-1` or `Athens`; copies in two sites survive the loss of one. */
  site: z.string().trim().max(100).optional(),
  /** Bytes it may hold before it counts as full; absent: what the store says, or no limit. */
  capacityBytes: z.number().int().min(1).optional(),
  /** Money a month; more raises an alert. */
  monthlyBudget: z.number().min(0).optional(),
  /** Backups always wait for it; absent: one that holds the others back is detached, and its copy follows. */
  alwaysWait: z.boolean().optional(),
  /** S3 storage classes by age; objects move when they are older than `afterDays`. */
  transitions: z
    .array(z.object({ afterDays: z.number().int().min(0).max(36_500), storageClass: z.string().min(1).max(64) }))
    .max(10)
    .default([]),
})
export type DestinationOptions = z.infer<typeof destinationOptionsSchema>

/** "At least 2 copies, 1 in another site": what a source asks of its backups. */
export const copyRuleSchema = z.object({
  copies: z.number().int().min(1).max(10),
  otherSites: z.number().int().min(0).max(10).default(0),
})
export type CopyRule = z.infer<typeof copyRuleSchema>

/** Tags of a source: short words that alerts and lists choose by. */
export const tagsSchema = z.array(z.string().trim().min(1).max(50)).max(20)
