ALTER TABLE "fields" ADD COLUMN "date_formats" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "currency" text;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "folding" text DEFAULT 'NONE' NOT NULL;--> statement-breakpoint
ALTER TABLE "attribute_values" ADD COLUMN "sealed_original" "bytea";--> statement-breakpoint
ALTER TABLE "hand_values" ADD COLUMN "sealed_original" "bytea";