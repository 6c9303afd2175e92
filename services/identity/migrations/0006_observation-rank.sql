ALTER TABLE "attribute_values" ADD COLUMN "rank" "bytea" DEFAULT '\x' NOT NULL;--> statement-breakpoint
ALTER TABLE "contact_cards" ADD COLUMN "rank" "bytea" DEFAULT '\x' NOT NULL;