ALTER TABLE `pair_decisions` ADD `review_id` integer;--> statement-breakpoint
ALTER TABLE `row_decisions` ADD `undone_by` text;--> statement-breakpoint
ALTER TABLE `row_decisions` ADD `undone_at` integer;