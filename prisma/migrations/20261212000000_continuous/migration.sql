-- Continuous protection: who follows a source's log, what of it is stored, and where.

ALTER TABLE "source" ADD COLUMN "protection" JSONB NOT NULL DEFAULT '{"dumps": true, "continuous": false}';

CREATE TABLE "log_stream" (
    "source_id" UUID NOT NULL,
    "destination_ids" UUID[],
    "worker_id" UUID,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "heartbeat_at" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'starting',
    "retry_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "error" JSONB,
    "slot" TEXT,
    "identity" TEXT,
    "timeline" TEXT,
    "server_position" TEXT,
    "received_position" TEXT,
    "stored_position" TEXT,
    "lag_bytes" BIGINT,
    "unstored_since" TIMESTAMPTZ(3),
    "last_commit_at" TIMESTAMPTZ(3),
    "covered_until" TIMESTAMPTZ(3),
    "idle_mark" TEXT,
    "wanted_order" BIGINT,
    "has_window" BOOLEAN NOT NULL DEFAULT false,
    "window_from" TIMESTAMPTZ(3),
    "kept" JSONB,
    "kept_looked_at" TIMESTAMPTZ(3),
    "is_behind" BOOLEAN NOT NULL DEFAULT false,
    "behind_changed_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_stream_pkey" PRIMARY KEY ("source_id"),
    CONSTRAINT "log_stream_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_total" (
    "destination_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "stored_bytes" BIGINT NOT NULL,

    CONSTRAINT "log_total_pkey" PRIMARY KEY ("destination_id", "source_id"),
    CONSTRAINT "log_total_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_timeline" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "segment_bytes" INTEGER NOT NULL,
    "history" TEXT,
    "history_name" TEXT,
    "index_number" INTEGER NOT NULL DEFAULT 0,
    "index_sha256" TEXT,
    "history_periods" INTEGER[] DEFAULT ARRAY[]::INTEGER[],

    CONSTRAINT "log_timeline_pkey" PRIMARY KEY ("source_id", "identity", "timeline"),
    CONSTRAINT "log_timeline_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_period" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "period" INTEGER NOT NULL,
    "recipient" TEXT NOT NULL,
    "wrapped" TEXT NOT NULL,
    "wrapped_for" TEXT[],
    "later" JSONB NOT NULL DEFAULT '[]',
    "begun_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_period_pkey" PRIMARY KEY ("source_id", "identity", "timeline", "period"),
    CONSTRAINT "log_period_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_segment" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "from_position" TEXT NOT NULL,
    "to_position" TEXT NOT NULL,
    "from_order" BIGINT NOT NULL,
    "to_order" BIGINT NOT NULL,
    "last_commit_at" TIMESTAMPTZ(3),
    "source_bytes" BIGINT NOT NULL,
    "source_sha256" TEXT NOT NULL,
    "stored_bytes" BIGINT NOT NULL,
    "stored_sha256" TEXT NOT NULL,
    "compression" TEXT NOT NULL,
    "period" INTEGER,
    "stored_at" TIMESTAMPTZ(3) NOT NULL,
    "index_number" INTEGER,

    CONSTRAINT "log_segment_pkey" PRIMARY KEY ("source_id", "identity", "timeline", "number"),
    CONSTRAINT "log_segment_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "log_segment_source_id_identity_timeline_to_order_idx" ON "log_segment"("source_id", "identity", "timeline", "to_order");
CREATE INDEX "log_segment_source_id_identity_timeline_index_number_idx" ON "log_segment"("source_id", "identity", "timeline", "index_number");
CREATE INDEX "log_segment_source_id_name_idx" ON "log_segment"("source_id", "name");

CREATE TABLE "log_slice" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "from_byte" INTEGER NOT NULL,
    "to_byte" INTEGER NOT NULL,
    "from_order" BIGINT NOT NULL,
    "to_order" BIGINT NOT NULL,
    "source_sha256" TEXT NOT NULL,
    "stored_bytes" BIGINT NOT NULL,
    "stored_sha256" TEXT NOT NULL,
    "compression" TEXT NOT NULL,
    "period" INTEGER,

    CONSTRAINT "log_slice_pkey" PRIMARY KEY ("source_id", "identity", "timeline", "number", "from_byte"),
    CONSTRAINT "log_slice_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_removal" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "destination_id" UUID NOT NULL,
    "before_number" BIGINT NOT NULL,
    "whole" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "log_removal_pkey" PRIMARY KEY ("source_id", "identity", "timeline", "destination_id"),
    CONSTRAINT "log_removal_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_reading" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "destination_id" UUID NOT NULL,
    "block" INTEGER NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_reading_pkey" PRIMARY KEY ("source_id", "identity", "timeline", "destination_id", "block"),
    CONSTRAINT "log_reading_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_damage" (
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "destination_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "error" JSONB NOT NULL,
    "from_order" BIGINT,
    "to_order" BIGINT,
    "found_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_damage_pkey" PRIMARY KEY ("source_id", "identity", "timeline", "destination_id", "key"),
    CONSTRAINT "log_damage_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "log_range" (
    "id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "destination_id" UUID NOT NULL,
    "from_position" TEXT NOT NULL,
    "to_position" TEXT NOT NULL,
    "from_order" BIGINT NOT NULL,
    "to_order" BIGINT NOT NULL,
    "last_commit_at" TIMESTAMPTZ(3),
    "covered_until" TIMESTAMPTZ(3),
    "ends_because" TEXT,

    CONSTRAINT "log_range_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "log_range_source_id_identity_timeline_fkey" FOREIGN KEY ("source_id", "identity", "timeline") REFERENCES "log_timeline"("source_id", "identity", "timeline") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "log_range_destination_id_source_id_identity_timeline_from_o_key" ON "log_range"("destination_id", "source_id", "identity", "timeline", "from_order");
CREATE INDEX "log_range_source_id_idx" ON "log_range"("source_id");

ALTER TABLE "log_stream" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_stream"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_timeline" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_timeline"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_period" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_period"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_segment" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_segment"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_slice" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_slice"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_range" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_range"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_removal" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_removal"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));

CREATE TABLE "restore_point" (
    "id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "identity" TEXT NOT NULL,
    "timeline" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" TEXT NOT NULL,
    "position_order" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" JSONB NOT NULL,

    CONSTRAINT "restore_point_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "restore_point_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "restore_point_source_id_identity_name_key" ON "restore_point"("source_id", "identity", "name");

CREATE TABLE "recovery" (
    "id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "input" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "plan" JSONB,
    "reached" JSONB,
    "databases" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "notes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "steps" JSONB NOT NULL DEFAULT '{}',
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ready_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "close_requested_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "recovery_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "recovery_source_id_idx" ON "recovery"("source_id");
CREATE INDEX "recovery_job_id_idx" ON "recovery"("job_id");
CREATE INDEX "recovery_started_at_id_idx" ON "recovery"("started_at" DESC, "id" DESC);

CREATE TABLE "recovery_query" (
    "id" UUID NOT NULL,
    "recovery_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "statement" TEXT NOT NULL,
    "answer" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "recovery_query_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "recovery_query_recovery_id_fkey" FOREIGN KEY ("recovery_id") REFERENCES "recovery"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "recovery_query_recovery_id_state_idx" ON "recovery_query"("recovery_id", "state");

ALTER TABLE "restore_point" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "restore_point"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "recovery" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "recovery"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "recovery_query" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "recovery_query"
  USING (EXISTS (SELECT FROM "recovery" r WHERE r."id" = "recovery_id"));
ALTER TABLE "log_reading" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_reading"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_damage" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_damage"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
ALTER TABLE "log_total" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own_sources" ON "log_total"
  USING ("source_id" = ANY ((SELECT current_setting('holdfast.source_ids'))::uuid[]));
