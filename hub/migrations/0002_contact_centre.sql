CREATE TABLE "acd_journal" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"entry" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "acd_snapshots" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"state" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_skills" (
	"extension" text NOT NULL,
	"skill" text NOT NULL,
	"level" integer NOT NULL,
	CONSTRAINT "agent_skills_extension_skill_pk" PRIMARY KEY("extension","skill")
);
--> statement-breakpoint
CREATE TABLE "agent_state" (
	"agent_id" text PRIMARY KEY NOT NULL,
	"current_state" text NOT NULL,
	"available_at" bigint,
	"skills" jsonb NOT NULL,
	"current_session_id" text,
	"since" bigint NOT NULL,
	"why" text
);
--> statement-breakpoint
CREATE TABLE "call_queue" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "call_queue_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"session_id" text NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"enqueued_at" bigint NOT NULL,
	"skills_required" jsonb NOT NULL,
	"queue_name" text NOT NULL,
	"call_id" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"deadline_at" bigint,
	CONSTRAINT "call_queue_call_id_unique" UNIQUE("call_id")
);
--> statement-breakpoint
CREATE TABLE "call_records" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "call_records_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"customer_session_id" text,
	"agent_session_id" text,
	"queue_time_seconds" integer,
	"talk_time_seconds" integer,
	"wrap_up_time_seconds" integer,
	"recording_url" text,
	"notes" text,
	"call_id" text NOT NULL,
	"queue_name" text NOT NULL,
	"agent_id" text,
	"direction" text,
	"from" text,
	"to" text,
	"offered_at" bigint,
	"enqueued_at" bigint NOT NULL,
	"first_ring_at" bigint,
	"answered_at" bigint,
	"ended_at" bigint,
	"wrap_up_ended_at" bigint,
	"outcome" text,
	"hangup_by" text,
	"ring_time" bigint,
	"hold_time" bigint,
	"talk_time" bigint,
	"wait_time" bigint,
	"wrap_up_time" bigint,
	"attempts" integer,
	"rona_count" integer,
	"offers" jsonb,
	"overflow_to" text,
	"transfer_from_record" text,
	"end_estimated" boolean,
	"mode" text,
	"participants" jsonb,
	"final" boolean DEFAULT false NOT NULL,
	"anonymised" boolean DEFAULT false NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hub_lease" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"address" text,
	"epoch" bigint NOT NULL,
	"expires" bigint NOT NULL,
	"standby_seen" bigint
);
--> statement-breakpoint
CREATE TABLE "queue_agents" (
	"extension" text NOT NULL,
	"queue" text NOT NULL,
	"penalty" integer DEFAULT 0 NOT NULL,
	"position" integer DEFAULT 1 NOT NULL,
	"weight" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "queue_agents_extension_queue_pk" PRIMARY KEY("extension","queue")
);
--> statement-breakpoint
CREATE TABLE "queues" (
	"queue" text PRIMARY KEY NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"extension" text NOT NULL,
	"from" bigint NOT NULL,
	"until" bigint NOT NULL,
	"status" text NOT NULL,
	CONSTRAINT "schedules_extension_from_pk" PRIMARY KEY("extension","from")
);
--> statement-breakpoint
CREATE TABLE "skills" (
	"name" text PRIMARY KEY NOT NULL,
	"description" text,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhook_outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"webhook_id" text NOT NULL,
	"message_id" text NOT NULL,
	"event" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" bigint NOT NULL,
	"last_error" text,
	"created_at" bigint NOT NULL,
	"delivered_at" bigint
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"events" jsonb NOT NULL,
	"secret" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "agent_skills" ADD CONSTRAINT "agent_skills_skill_skills_name_fk" FOREIGN KEY ("skill") REFERENCES "public"."skills"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_agents" ADD CONSTRAINT "queue_agents_queue_queues_queue_fk" FOREIGN KEY ("queue") REFERENCES "public"."queues"("queue") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_outbox" ADD CONSTRAINT "webhook_outbox_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "call_queue_queue_name" ON "call_queue" USING btree ("queue_name");--> statement-breakpoint
CREATE INDEX "call_records_seq" ON "call_records" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "call_records_enqueued_at" ON "call_records" USING btree ("enqueued_at");--> statement-breakpoint
CREATE INDEX "call_records_queue_name" ON "call_records" USING btree ("queue_name","enqueued_at");--> statement-breakpoint
CREATE INDEX "call_records_agent_id" ON "call_records" USING btree ("agent_id","enqueued_at");--> statement-breakpoint
CREATE INDEX "call_records_call_id" ON "call_records" USING btree ("call_id");--> statement-breakpoint
CREATE INDEX "queue_agents_queue" ON "queue_agents" USING btree ("queue");--> statement-breakpoint
CREATE INDEX "webhook_outbox_due" ON "webhook_outbox" USING btree ("state","next_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_outbox_message" ON "webhook_outbox" USING btree ("webhook_id","message_id");