ALTER TABLE "pair_decisions" ADD COLUMN "review_id" bigint;--> statement-breakpoint
ALTER TABLE "row_decisions" ADD COLUMN "undone_by" text;--> statement-breakpoint
ALTER TABLE "row_decisions" ADD COLUMN "undone_at" timestamp (3) with time zone;