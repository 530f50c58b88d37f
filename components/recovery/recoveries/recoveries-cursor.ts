/** The page of the list of recoveries in the address, beside that of the restores. */
export const recoveriesCursor = 'recoveries'
