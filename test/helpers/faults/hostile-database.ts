import type { TestPostgres } from '../servers/postgres'

/** What the attack goes for; the paths and the port are the test's own. */
export interface Prey {
  /** A file that only the instance may read. */
  secret: string
  /** Folders that nothing may be written to. */
  folders: string[]
  /** A process of the instance. */
  pid: number
  port: number
  socket: string
  /** A word that every process of the attack has in its command line. */
  word: string
}

/** A shell script that tries everything and prints a line for each thing it got. */
export function attackScript({ secret, folders, pid, port, socket, word }: Prey): string {
  // Does not match its own command line.
  const other = `[${word.slice(0, 1)}]${word.slice(1)}-prey`
  return [
    `cat '${secret}' 2>/dev/null && echo 'got: the secret'`,
    ...folders.map((folder) => `(echo x > '${folder}/${word}') 2>/dev/null`),
    `grep -qs '${other}' /proc/[0-9]*/cmdline && echo 'got: a look at the processes'`,
    `kill -0 ${pid} 2>/dev/null && grep -qs '${other}' /proc/${pid}/cmdline && kill -KILL ${pid} && echo 'got: a process'`,
    `perl -e 'use IO::Socket::INET; exit !IO::Socket::INET->new(PeerAddr => "127.0.0.1:${port}", Timeout => 2)' && echo 'got: the network'`,
    `perl -e 'use IO::Socket::UNIX; exit !IO::Socket::UNIX->new(Peer => "${socket}")' && echo 'got: a socket'`,
    `setsid -f sh -c 'while sleep 1; do :; done' ${word}-survivor >/dev/null 2>&1 </dev/null`,
    'echo ran',
  ].join('; ')
}

/**
 * A database whose ordinary-looking objects run the script wherever a restore or a test evaluates something: checks,
 * domains, generated columns, index expressions, materialized views and event triggers. In the source it does nothing.
 */
export async function makeHostile(
  pg: TestPostgres,
  name: string,
  script: string,
  { eventTrigger = true } = {},
): Promise<void> {
  await pg.sql(`CREATE DATABASE "${name}"`)
  await pg.sql(
    `CREATE TABLE public.loot (line text);
     CREATE FUNCTION public.really() RETURNS void LANGUAGE plpgsql AS $attack$
     BEGIN
       CREATE TEMP TABLE IF NOT EXISTS caught (line text);
       EXECUTE format('COPY pg_temp.caught FROM PROGRAM %L', $script$${script}$script$);
       INSERT INTO public.loot SELECT line FROM pg_temp.caught;
       DELETE FROM pg_temp.caught;
     EXCEPTION WHEN OTHERS THEN NULL;
     END $attack$;
     -- One that may write hides behind one that says it does not, which every index and column may use.
     CREATE FUNCTION public.attack(anything anyelement) RETURNS anyelement LANGUAGE plpgsql IMMUTABLE AS $attack$
     BEGIN
       IF current_database() <> '${name}' THEN PERFORM public.really(); END IF;
       RETURN anything;
     END $attack$;
     CREATE DOMAIN public.careful AS int CHECK (public.attack(VALUE) IS NOT NULL);
     CREATE TABLE public.ordinary (
       id int PRIMARY KEY CHECK (public.attack(id) > 0),
       much public.careful,
       twice int GENERATED ALWAYS AS (public.attack(id)) STORED
     );
     INSERT INTO public.ordinary (id, much) SELECT i, i FROM generate_series(1, 3) i;
     CREATE INDEX clever ON public.ordinary (public.attack(much));
     CREATE MATERIALIZED VIEW public.seen AS SELECT public.attack(id) AS id FROM public.ordinary;
     CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM public.attack(1); END';
     ${eventTrigger ? 'CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION public.watch();' : ''}`,
    name,
  )
}
