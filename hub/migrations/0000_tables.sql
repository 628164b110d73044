CREATE TABLE "agent_status_history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "agent_status_history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"extension" text NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"source" text NOT NULL,
	"call_log_id" text,
	"since" bigint NOT NULL,
	"until" bigint
);
--> statement-breakpoint
CREATE TABLE "agent_statuses" (
	"extension" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"previous_status" text,
	"reason" text,
	"since" bigint NOT NULL,
	"source" text NOT NULL,
	"call_log_id" text,
	"pbx_paused" boolean,
	"pbx_reason" text
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"extension" text PRIMARY KEY NOT NULL,
	"extension_id" text NOT NULL,
	"number" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text,
	"sip" jsonb,
	"registration" text,
	"registration_at" bigint,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "call_logs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "call_logs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"extension" text NOT NULL,
	"key" text NOT NULL,
	"call_id" text,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"end_reason" text NOT NULL,
	"call_from" text,
	"call_to" text,
	"extension_id" text NOT NULL,
	"contact_id" text,
	"contact_name" text,
	"duration" bigint NOT NULL,
	"started_at" bigint,
	"connected_at" bigint,
	"ended_at" bigint,
	"hold_ms" bigint NOT NULL,
	"queue_name" text,
	"server_call_log_token" text,
	"yeastar_call_id" text,
	"queue_number" text,
	"channel_id" text,
	"sip_call_id" text,
	"notes" text,
	"disposition" text,
	"revision" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "contacts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"number" text NOT NULL,
	"name" text,
	"company" text,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"scope" text NOT NULL,
	"path" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" bigint NOT NULL,
	"answer" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "idempotency_keys_scope_path_key_pk" PRIMARY KEY("scope","path","key")
);
--> statement-breakpoint
CREATE TABLE "queue_members" (
	"extension" text NOT NULL,
	"queue" text DEFAULT '' NOT NULL,
	"paused" boolean NOT NULL,
	"reason_paused" text,
	"synced" boolean DEFAULT false NOT NULL,
	"sync_error" text,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "queue_members_extension_queue_pk" PRIMARY KEY("extension","queue")
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"stream" text PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"extension" text,
	"role" text NOT NULL,
	"expires" bigint NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "agent_status_history" ADD CONSTRAINT "agent_status_history_extension_agents_extension_fk" FOREIGN KEY ("extension") REFERENCES "public"."agents"("extension") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_statuses" ADD CONSTRAINT "agent_statuses_extension_agents_extension_fk" FOREIGN KEY ("extension") REFERENCES "public"."agents"("extension") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_members" ADD CONSTRAINT "queue_members_extension_agents_extension_fk" FOREIGN KEY ("extension") REFERENCES "public"."agents"("extension") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_extension_agents_extension_fk" FOREIGN KEY ("extension") REFERENCES "public"."agents"("extension") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_status_history_extension" ON "agent_status_history" USING btree ("extension","id");--> statement-breakpoint
CREATE UNIQUE INDEX "agents_extension_id" ON "agents" USING btree ("extension_id");--> statement-breakpoint
CREATE UNIQUE INDEX "call_logs_extension_key" ON "call_logs" USING btree ("extension","key");--> statement-breakpoint
CREATE INDEX "call_logs_extension_id" ON "call_logs" USING btree ("extension_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "contacts_number" ON "contacts" USING btree ("number");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "tokens_expires" ON "tokens" USING btree ("expires");