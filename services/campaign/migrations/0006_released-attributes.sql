ALTER TABLE "attribute_facts" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "attribute_facts" ADD COLUMN "is_removed" boolean DEFAULT false NOT NULL;