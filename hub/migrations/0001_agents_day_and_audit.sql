CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" bigint NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"action" text NOT NULL,
	"extension" text NOT NULL,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
ALTER TABLE "agent_statuses" ADD COLUMN "previous_reason" text;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "endpoint" text;--> statement-breakpoint
CREATE INDEX "audit_extension" ON "audit" USING btree ("extension","id");--> statement-breakpoint
CREATE INDEX "agent_status_history_until" ON "agent_status_history" USING btree ("until");--> statement-breakpoint
CREATE INDEX "call_logs_started_at" ON "call_logs" USING btree ("started_at");