CREATE TABLE `call_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text,
	`operator` text NOT NULL,
	`reason` text,
	`filter` text NOT NULL,
	`result` text,
	`started_at` integer NOT NULL,
	`ended_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `call_sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`reference` text NOT NULL,
	`customer_id` integer NOT NULL,
	`loan_id` integer,
	`run_id` integer,
	`triggered_by_batch` integer,
	`triggered_by_row` integer,
	`to_number` text NOT NULL,
	`from_number` text,
	`call_sid` text,
	`status` text DEFAULT 'scheduled' NOT NULL,
	`refusal` text,
	`duration_seconds` integer,
	`price_paise` integer,
	`recording_url` text,
	`metadata` text NOT NULL,
	`owner` text,
	`lease_until` integer,
	`post_started_at` integer,
	`settle_at` integer,
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
CREATE UNIQUE INDEX `call_sessions_reference_unique` ON `call_sessions` (`reference`);--> statement-breakpoint
CREATE UNIQUE INDEX `call_sessions_call_sid_unique` ON `call_sessions` (`call_sid`);--> statement-breakpoint
CREATE UNIQUE INDEX `one_open_per_phone` ON `call_sessions` (`to_number`) WHERE status in ('scheduled', 'dialing', 'unknown', 'initiated', 'ringing', 'in_progress');--> statement-breakpoint
CREATE INDEX `call_sessions_customer` ON `call_sessions` (`customer_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `call_sessions_loan` ON `call_sessions` (`loan_id`);--> statement-breakpoint
CREATE INDEX `call_sessions_phone` ON `call_sessions` (`to_number`,`created_at`);--> statement-breakpoint
CREATE INDEX `call_sessions_status` ON `call_sessions` (`status`);--> statement-breakpoint
CREATE INDEX `call_sessions_created` ON `call_sessions` (`created_at`);--> statement-breakpoint
CREATE INDEX `call_sessions_run` ON `call_sessions` (`run_id`);--> statement-breakpoint
CREATE TABLE `call_status_updates` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`call_session_id` integer NOT NULL,
	`status` text NOT NULL,
	`message` text,
	`source` text NOT NULL,
	`timestamp` integer NOT NULL,
	`extra_data` text,
	FOREIGN KEY (`call_session_id`) REFERENCES `call_sessions`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `call_status_updates_session` ON `call_status_updates` (`call_session_id`);--> statement-breakpoint
CREATE INDEX `call_status_updates_time` ON `call_status_updates` (`timestamp`);--> statement-breakpoint
CREATE TABLE `customers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`fingerprint` text NOT NULL,
	`full_name` text NOT NULL,
	`primary_phone` text,
	`phone_kind` text DEFAULT 'mobile' NOT NULL,
	`state` text,
	`email` text,
	`language` text,
	`first_uploaded_at` integer NOT NULL,
	`last_uploaded_at` integer NOT NULL,
	`last_contact_date` integer,
	`callable_from` integer,
	`callable_until` integer,
	`callable_code` text,
	`facts_seq` integer DEFAULT 0 NOT NULL,
	`judged_by` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_fingerprint_unique` ON `customers` (`fingerprint`);--> statement-breakpoint
CREATE INDEX `customers_phone` ON `customers` (`primary_phone`);--> statement-breakpoint
CREATE INDEX `customers_uploaded` ON `customers` (`last_uploaded_at`);--> statement-breakpoint
CREATE INDEX `customers_callable` ON `customers` (`callable_from`);--> statement-breakpoint
CREATE INDEX `customers_judged` ON `customers` (`judged_by`);--> statement-breakpoint
CREATE TABLE `file_uploads` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`filename` text NOT NULL,
	`sha256` text NOT NULL,
	`source` text DEFAULT '' NOT NULL,
	`uploaded_by` text NOT NULL,
	`data_date` integer NOT NULL,
	`total_records` integer,
	`status` text DEFAULT 'processing' NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`completed_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `file_uploads_sha256` ON `file_uploads` (`sha256`);--> statement-breakpoint
CREATE INDEX `file_uploads_status` ON `file_uploads` (`status`);--> statement-breakpoint
CREATE INDEX `file_uploads_created` ON `file_uploads` (`created_at`);--> statement-breakpoint
CREATE TABLE `loans` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`customer_id` integer NOT NULL,
	`source` text DEFAULT '' NOT NULL,
	`loan_id` text NOT NULL,
	`outstanding_amount` integer,
	`due_amount` integer,
	`last_paid_amount` integer,
	`due_date` text,
	`last_paid_date` text,
	`cluster` text,
	`branch` text,
	`branch_contact_number` text,
	`employee_name` text,
	`employee_id` text,
	`employee_contact_number` text,
	`latest_row_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `loans_source_loan_id` ON `loans` (`source`,`loan_id`);--> statement-breakpoint
CREATE INDEX `loans_customer` ON `loans` (`customer_id`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `phones` (
	`number` text PRIMARY KEY NOT NULL,
	`seq` integer DEFAULT 0 NOT NULL,
	`claimed_by` text,
	`refusal` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `upload_rows` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`file_upload_id` integer NOT NULL,
	`line_number` integer NOT NULL,
	`raw_data` text NOT NULL,
	`row_fingerprint` text NOT NULL,
	`phone_normalized` text,
	`loan_key` text,
	`status` text DEFAULT 'pending' NOT NULL,
	`code` text,
	`message` text,
	`match_customer_id` integer,
	`match_loan_id` integer,
	FOREIGN KEY (`file_upload_id`) REFERENCES `file_uploads`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`match_customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`match_loan_id`) REFERENCES `loans`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `upload_rows_line` ON `upload_rows` (`file_upload_id`,`line_number`);--> statement-breakpoint
CREATE INDEX `upload_rows_status` ON `upload_rows` (`status`,`file_upload_id`);--> statement-breakpoint
CREATE INDEX `upload_rows_phone` ON `upload_rows` (`phone_normalized`);--> statement-breakpoint
CREATE INDEX `upload_rows_customer` ON `upload_rows` (`match_customer_id`);--> statement-breakpoint
CREATE INDEX `upload_rows_loan` ON `upload_rows` (`match_loan_id`);--> statement-breakpoint
CREATE TABLE `webhook_inbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`reference` text NOT NULL,
	`body_hash` text NOT NULL,
	`content_type` text NOT NULL,
	`body` text NOT NULL,
	`body_encoding` text NOT NULL,
	`received_at` integer NOT NULL,
	`handled_at` integer,
	`problem` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_inbox_event` ON `webhook_inbox` (`reference`,`body_hash`);--> statement-breakpoint
CREATE INDEX `webhook_inbox_waiting` ON `webhook_inbox` (`handled_at`);