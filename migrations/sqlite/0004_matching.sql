CREATE TABLE `customer_phones` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`customer_id` integer NOT NULL,
	`number` text NOT NULL,
	`kind` text NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `customer_phones_number` ON `customer_phones` (`customer_id`,`number`);--> statement-breakpoint
CREATE INDEX `customer_phones_by_number` ON `customer_phones` (`number`);--> statement-breakpoint
CREATE TABLE `pair_decisions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`identity_a` text NOT NULL,
	`identity_b` text NOT NULL,
	`key_a` text NOT NULL,
	`key_b` text NOT NULL,
	`verdict` text NOT NULL,
	`kind` text NOT NULL,
	`rule` text NOT NULL,
	`score` real,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL,
	`undone_by` text,
	`undone_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `pair_decisions_keys` ON `pair_decisions` (`key_a`,`key_b`);--> statement-breakpoint
CREATE TABLE `reviews` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`pair` text NOT NULL,
	`kind` text NOT NULL,
	`rule` text NOT NULL,
	`score` real,
	`identity_a` text NOT NULL,
	`identity_b` text NOT NULL,
	`customer_a` integer NOT NULL,
	`customer_b` integer,
	`row_a` integer,
	`row_b` integer,
	`loan_id` text,
	FOREIGN KEY (`customer_a`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`customer_b`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`row_a`) REFERENCES `upload_rows`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`row_b`) REFERENCES `upload_rows`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `reviews_pair_unique` ON `reviews` (`pair`);--> statement-breakpoint
CREATE INDEX `reviews_customer_a` ON `reviews` (`customer_a`);--> statement-breakpoint
CREATE INDEX `reviews_customer_b` ON `reviews` (`customer_b`);--> statement-breakpoint
CREATE INDEX `reviews_row_a` ON `reviews` (`row_a`);--> statement-breakpoint
CREATE INDEX `reviews_row_b` ON `reviews` (`row_b`);--> statement-breakpoint
CREATE TABLE `row_decisions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`row_id` integer NOT NULL,
	`answer` text NOT NULL,
	`field` text,
	`value` text,
	`code` text NOT NULL,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL,
	FOREIGN KEY (`row_id`) REFERENCES `upload_rows`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `row_decisions_row` ON `row_decisions` (`row_id`);--> statement-breakpoint
DROP INDEX `customer_aliases_fingerprint_unique`;--> statement-breakpoint
DROP INDEX `customer_aliases_customer`;--> statement-breakpoint
ALTER TABLE `customer_aliases` ADD `full_name` text;--> statement-breakpoint
ALTER TABLE `customer_aliases` ADD `co_borrower` text;--> statement-breakpoint
ALTER TABLE `customer_aliases` ADD `phone` text;--> statement-breakpoint
CREATE UNIQUE INDEX `customer_aliases_customer_identity` ON `customer_aliases` (`customer_id`,`fingerprint`);--> statement-breakpoint
CREATE INDEX `customer_aliases_identity` ON `customer_aliases` (`fingerprint`);--> statement-breakpoint
CREATE INDEX `customer_aliases_phone` ON `customer_aliases` (`phone`);--> statement-breakpoint
ALTER TABLE `upload_rows` ADD `match_rule` text;--> statement-breakpoint
ALTER TABLE `upload_rows` ADD `match_score` real;