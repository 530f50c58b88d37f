/**
 * What a backup by a role without the right to read them lacks of every server. It is shown with the backup; it is nothing
 * to wake anybody for.
 */
export const rolePasswords = 'passwords of roles'
