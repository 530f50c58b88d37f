-- The hash chain of the audit log.
--
-- A change writes its event into audit_intake, in its own transaction. When that transaction commits, a deferred trigger
-- moves the event into audit_event: it takes the chain's next number and hashes the event together with the hash of the
-- one before. Only this moment is serialised (by the row lock on audit_head, the last lock that a transaction takes), so
-- that no order of locks elsewhere can end in a deadlock, and a slow change holds up nobody's audit.
--
--   hash(n) = SHA-256( hash(n-1) ":" n ":" at(n) ":" digest(n) )          hexadecimal, at as 2026-11-21T02:00:00.000Z
--   digest(n) = SHA-256( RFC 8785 of { action, actor, detail, subjectId, subjectType } )
--   hash(0) = SHA-256( audit_head.genesis )

CREATE TABLE "audit_intake" (
    "id" UUID NOT NULL,
    "actor" JSONB NOT NULL,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT,
    "detail" JSONB NOT NULL,
    "digest" TEXT NOT NULL,

    CONSTRAINT "audit_intake_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "audit_head" (
    "id" INTEGER NOT NULL,
    "genesis" TEXT NOT NULL,
    "last_before_chain" BIGINT NOT NULL,
    "last_id" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "audit_head" ADD CONSTRAINT "audit_head_is_one" CHECK ("id" = 1);

-- Events from before the chain stay as they are; the beginning of the chain says how many there were.
INSERT INTO "audit_head" ("id", "genesis", "last_before_chain", "last_id", "hash")
SELECT 1, genesis, last, last, encode(sha256(convert_to(genesis, 'UTF8')), 'hex')
FROM (
  SELECT 'holdfast audit chain; ' || gen_random_uuid() || '; events before: ' || count(*) || '; last: ' || coalesce(max(id), 0) AS genesis,
    coalesce(max(id), 0) AS last
  FROM "audit_event"
) AS before;

CREATE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head "audit_head"%ROWTYPE;
  number BIGINT;
  sealed_at TIMESTAMPTZ(3) := NULL;
  link TEXT;
BEGIN
  SELECT * INTO STRICT head FROM "audit_head" WHERE "id" = 1 FOR UPDATE;
  number := head."last_id" + 1;
  -- After the lock was taken, so that times follow numbers.
  sealed_at := clock_timestamp();
  link := encode(sha256(convert_to(
    head."hash" || ':' || number || ':' || to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ':' || NEW."digest",
    'UTF8')), 'hex');
  INSERT INTO "audit_event" ("id", "at", "actor", "action", "subject_type", "subject_id", "detail", "hash")
  VALUES (number, sealed_at, NEW."actor", NEW."action", NEW."subject_type", NEW."subject_id", NEW."detail", link);
  UPDATE "audit_head" SET "last_id" = number, "hash" = link WHERE "id" = 1;
  DELETE FROM "audit_intake" WHERE "id" = NEW."id";
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_intake_seal AFTER INSERT ON "audit_intake"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal();

-- Nothing enters the log beside the chain. (UPDATE, DELETE and TRUNCATE of audit_event are refused since the beginning.)
CREATE FUNCTION audit_event_is_chained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."hash" IS NULL OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'audit_event is written through audit_intake alone';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_event_chained BEFORE INSERT ON "audit_event"
  FOR EACH ROW EXECUTE FUNCTION audit_event_is_chained();

CREATE INDEX "audit_event_action_idx" ON "audit_event" ("action", "id" DESC);
CREATE INDEX "audit_event_subject_idx" ON "audit_event" ("subject_id", "id" DESC);
