-- Taking a readable secret out of the audit log without breaking its chain (docs/audit.md, "Redaction").
--
-- The log stays append-only but for one narrow way: texts of an event's actor and detail may be blanked with the mark
-- "(redacted)", and only in the transaction that also records an event audit.redact about it. That event holds the digest
-- of what was there, so that the chain can still be followed, and of what is there now.

DROP TRIGGER audit_event_append_only ON "audit_event";
CREATE TRIGGER audit_event_append_only BEFORE DELETE OR TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();

-- Whether nothing but pieces of texts were replaced by the mark.
CREATE FUNCTION audit_only_blanks(was JSONB, now JSONB) RETURNS BOOLEAN LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF was::text = now::text THEN RETURN true; END IF;
  IF jsonb_typeof(was) IS DISTINCT FROM jsonb_typeof(now) THEN RETURN false; END IF;
  CASE jsonb_typeof(was)
    WHEN 'string' THEN
      RETURN position('(redacted)' IN now #>> '{}') > 0
        AND (was #>> '{}') LIKE replace(regexp_replace(now #>> '{}', '([\\%_])', '\\\1', 'g'), '(redacted)', '%');
    WHEN 'object' THEN
      RETURN NOT EXISTS (
        SELECT FROM jsonb_each(was) AS w FULL JOIN jsonb_each(now) AS n USING (key)
        WHERE w.value IS NULL OR n.value IS NULL OR NOT audit_only_blanks(w.value, n.value));
    WHEN 'array' THEN
      RETURN jsonb_array_length(was) = jsonb_array_length(now) AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(was) WITH ORDINALITY AS w(value, place)
        JOIN jsonb_array_elements(now) WITH ORDINALITY AS n(value, place) USING (place)
        WHERE NOT audit_only_blanks(w.value, n.value));
    ELSE RETURN false;
  END CASE;
END $$;

CREATE FUNCTION audit_event_is_redacted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD."id", OLD."at", OLD."action", OLD."subject_type", OLD."subject_id", OLD."hash")
    IS DISTINCT FROM (NEW."id", NEW."at", NEW."action", NEW."subject_type", NEW."subject_id", NEW."hash")
    OR OLD."action" = 'audit.redact'
    OR NOT audit_only_blanks(OLD."actor", NEW."actor") OR NOT audit_only_blanks(OLD."detail", NEW."detail")
    OR NOT EXISTS (
      SELECT FROM "audit_intake" WHERE "action" = 'audit.redact' AND "subject_id" = OLD."id"::text)
  THEN
    RAISE EXCEPTION 'audit_event is append-only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_event_redaction BEFORE UPDATE ON "audit_event"
  FOR EACH ROW EXECUTE FUNCTION audit_event_is_redacted();
