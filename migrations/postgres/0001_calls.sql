CREATE TABLE "pace" (
	"key" text PRIMARY KEY NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "call_sessions" ALTER COLUMN "customer_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "call_runs" ADD COLUMN "terms" jsonb;--> statement-breakpoint
ALTER TABLE "call_runs" ADD COLUMN "alive_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "call_runs" ADD COLUMN "stop_requested_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "call_runs" ADD COLUMN "stop_requested_by" text;--> statement-breakpoint
ALTER TABLE "call_sessions" ADD COLUMN "source" text DEFAULT 'vacli' NOT NULL;--> statement-breakpoint
ALTER TABLE "call_sessions" ADD COLUMN "attention" text;--> statement-breakpoint
ALTER TABLE "call_sessions" ADD COLUMN "exotel_details" jsonb;--> statement-breakpoint
ALTER TABLE "call_sessions" ADD COLUMN "absent_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "call_sessions" ADD COLUMN "details_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "call_runs_started" ON "call_runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "call_sessions_details" ON "call_sessions" USING btree ("details_at","ended_at");