CREATE TABLE `pace` (
	`key` text PRIMARY KEY NOT NULL,
	`next_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_call_sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`reference` text NOT NULL,
	`source` text DEFAULT 'vacli' NOT NULL,
	`customer_id` integer,
	`loan_id` integer,
	`run_id` integer,
	`triggered_by_batch` integer,
	`triggered_by_row` integer,
	`to_number` text NOT NULL,
	`from_number` text,
	`call_sid` text,
	`status` text DEFAULT 'scheduled' NOT NULL,
	`refusal` text,
	`attention` text,
	`duration_seconds` integer,
	`price_paise` integer,
	`recording_url` text,
	`metadata` text NOT NULL,
	`exotel_details` text,
	`owner` text,
	`lease_until` integer,
	`post_started_at` integer,
	`settle_at` integer,
	`absent_at` integer,
	`details_at` integer,
	`started_at` integer,
	`ended_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`loan_id`) REFERENCES `loans`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`run_id`) REFERENCES `call_runs`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`triggered_by_batch`) REFERENCES `file_uploads`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`triggered_by_row`) REFERENCES `upload_rows`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_call_sessions`("id", "reference", "customer_id", "loan_id", "run_id", "triggered_by_batch", "triggered_by_row", "to_number", "from_number", "call_sid", "status", "refusal", "duration_seconds", "price_paise", "recording_url", "metadata", "owner", "lease_until", "post_started_at", "settle_at", "started_at", "ended_at", "created_at", "updated_at") SELECT "id", "reference", "customer_id", "loan_id", "run_id", "triggered_by_batch", "triggered_by_row", "to_number", "from_number", "call_sid", "status", "refusal", "duration_seconds", "price_paise", "recording_url", "metadata", "owner", "lease_until", "post_started_at", "settle_at", "started_at", "ended_at", "created_at", "updated_at" FROM `call_sessions`;--> statement-breakpoint
DROP TABLE `call_sessions`;--> statement-breakpoint
ALTER TABLE `__new_call_sessions` RENAME TO `call_sessions`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `call_sessions_reference_unique` ON `call_sessions` (`reference`);--> statement-breakpoint
CREATE UNIQUE INDEX `call_sessions_call_sid_unique` ON `call_sessions` (`call_sid`);--> statement-breakpoint
CREATE UNIQUE INDEX `one_open_per_phone` ON `call_sessions` (`to_number`) WHERE status in ('scheduled', 'dialing', 'unknown', 'initiated', 'ringing', 'in_progress');--> statement-breakpoint
CREATE INDEX `call_sessions_customer` ON `call_sessions` (`customer_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `call_sessions_loan` ON `call_sessions` (`loan_id`);--> statement-breakpoint
CREATE INDEX `call_sessions_phone` ON `call_sessions` (`to_number`,`created_at`);--> statement-breakpoint
CREATE INDEX `call_sessions_status` ON `call_sessions` (`status`);--> statement-breakpoint
CREATE INDEX `call_sessions_created` ON `call_sessions` (`created_at`);--> statement-breakpoint
CREATE INDEX `call_sessions_run` ON `call_sessions` (`run_id`);--> statement-breakpoint
CREATE INDEX `call_sessions_details` ON `call_sessions` (`details_at`,`ended_at`);--> statement-breakpoint
ALTER TABLE `call_runs` ADD `terms` text;--> statement-breakpoint
ALTER TABLE `call_runs` ADD `alive_until` integer;--> statement-breakpoint
ALTER TABLE `call_runs` ADD `stop_requested_at` integer;--> statement-breakpoint
ALTER TABLE `call_runs` ADD `stop_requested_by` text;--> statement-breakpoint
CREATE INDEX `call_runs_started` ON `call_runs` (`started_at`);