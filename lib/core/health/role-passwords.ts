/**
 * What a backup by a role without the right to read them lacks of every server. It is told where the backup is shown; it
 * is nothing to wake anybody for.
 */
export const rolePasswords = 'passwords of roles'
