/** The page that was asked for, path and query, as the proxy hands it on; what a client sends under this name is replaced. */
export const pagePathHeader = 'x-holdfast-page'
