/**
 * Roles of the embedded catalog server. None but the first is a superuser, and the first is the supervisor's alone: web,
 * worker and command line connect as the owner of the catalog's database, its backups are read by a role of their own.
 */
export const catalogRoles = {
  superuser: 'holdfast',
  owner: 'holdfast_owner',
  backup: 'holdfast_backup',
  /** Owns the sample database of `--demo`, and is backed up as. */
  sample: 'holdfast_sample',
} as const

export const catalogDatabase = 'holdfast'
export const sampleDatabase = 'holdfast_sample_shop'
