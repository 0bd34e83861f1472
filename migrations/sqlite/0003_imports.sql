CREATE TABLE `customer_aliases` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`fingerprint` text NOT NULL,
	`customer_id` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `customer_aliases_fingerprint_unique` ON `customer_aliases` (`fingerprint`);--> statement-breakpoint
CREATE INDEX `customer_aliases_customer` ON `customer_aliases` (`customer_id`);--> statement-breakpoint
CREATE TABLE `staff_phones` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` text NOT NULL,
	`file_upload_id` integer NOT NULL,
	FOREIGN KEY (`file_upload_id`) REFERENCES `file_uploads`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `staff_phones_number` ON `staff_phones` (`number`,`file_upload_id`);--> statement-breakpoint
CREATE INDEX `staff_phones_upload` ON `staff_phones` (`file_upload_id`);--> statement-breakpoint
DROP INDEX `customers_judged`;--> statement-breakpoint
ALTER TABLE `customers` ADD `withdrawn` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `customers_unjudged` ON `customers` (`id`) WHERE judged_by is null;--> statement-breakpoint
DROP INDEX `upload_rows_phone`;--> statement-breakpoint
ALTER TABLE `upload_rows` ADD `loan_values` text;--> statement-breakpoint
CREATE INDEX `upload_rows_review_loan` ON `upload_rows` (`loan_key`) WHERE status = 'review';--> statement-breakpoint
CREATE INDEX `upload_rows_phone` ON `upload_rows` (`phone_normalized`) WHERE status = 'review';--> statement-breakpoint
ALTER TABLE `file_uploads` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `file_uploads` ADD `snapshot_scope` text;--> statement-breakpoint
ALTER TABLE `file_uploads` ADD `reason` text;--> statement-breakpoint
ALTER TABLE `file_uploads` ADD `applied_order` integer;--> statement-breakpoint
ALTER TABLE `file_uploads` ADD `undone_at` integer;--> statement-breakpoint
ALTER TABLE `file_uploads` ADD `undone_by` text;--> statement-breakpoint
ALTER TABLE `loans` ADD `branch_key` text;--> statement-breakpoint
ALTER TABLE `loans` ADD `absent_by` integer;--> statement-breakpoint
ALTER TABLE `loans` ADD `withdrawn` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `phones` ADD `max_customers` integer;--> statement-breakpoint
ALTER TABLE `phones` ADD `allowed_by` text;--> statement-breakpoint
ALTER TABLE `phones` ADD `allowed_at` integer;--> statement-breakpoint
UPDATE file_uploads SET applied_order = id WHERE status = 'completed';--> statement-breakpoint
UPDATE loans SET branch_key = lower(trim(coalesce(branch, '')));