/** Names in the folder through which the log is handed to the server. */
export const handOver = {
  /** Files that the server waits for, and with `taken` behind their names those that it has taken. */
  want: 'want',
  taken: '.taken',
  /** Behind a name: there is certainly no such file. */
  none: '.none',
  /** The log cannot be read any more. */
  failed: 'failed',
} as const

/** How the script says that there is no such file. No shell exits so by itself, as it does with 1, 2 and 127. */
const noSuchFile = 10

/** Takes the file $1 of the log to $2, or waits for it. */
export function restoreScript(folder: string): string {
  return `log=${quoted(folder)}
while :; do
  [ ! -e "$log/${handOver.failed}" ] || exit 200
  if [ -e "$log/$1" ]; then
    true > "$log/${handOver.want}/$1${handOver.taken}" || exit 201
    mv -- "$log/$1" "$2" || exit 202
    exit 0
  fi
  [ ! -e "$log/$1${handOver.none}" ] || exit ${noSuchFile}
  # Again and again: a wish may be taken for an earlier one for the same file.
  true > "$log/${handOver.want}/$1" || exit 203
  sleep 0.02 || exit 204
done
`
}

/**
 * The setting `restore_command`, in which a percent sign stands for something. The server takes 1 to 125 for the end of the log: only the
 * script's own word for that becomes 1, and whatever else goes wrong, in the shell as well, ends the recovery.
 */
export function restoreCommand(script: string): string {
  const run = `/bin/sh ${quoted(script).replaceAll('%', '%%')} "%f" "%p"`
  return `${run}; case $? in 0) exit 0 ;; ${noSuchFile}) exit 1 ;; esac; exit 200`
}

/** One word for a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
