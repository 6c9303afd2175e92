CREATE TABLE "unmapped_values" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"key" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"source" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"is_verified" boolean DEFAULT false NOT NULL,
	"rank" "bytea" NOT NULL,
	CONSTRAINT "unmapped_values_tenant_id_profile_id_key_pk" PRIMARY KEY("tenant_id","profile_id","key")
);
--> statement-breakpoint
-- The policies are forced on the owner too, and would hide the rows of all tenants from these statements.
ALTER TABLE "attribute_values" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "quarantined_items" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
INSERT INTO unmapped_values (tenant_id, profile_id, key, sealed, source, observed_at, is_verified, rank)
SELECT tenant_id, profile_id, key, sealed, source, observed_at, is_verified, rank FROM attribute_values
WHERE NOT is_mapped AND sealed IS NOT NULL ON CONFLICT DO NOTHING;--> statement-breakpoint
-- Their items stay as they are: the rows have moved, and nobody has decided about them.
UPDATE quarantined_items SET origin_table = 'unmapped_values' WHERE origin_table = 'attribute_values';--> statement-breakpoint
DELETE FROM attribute_values WHERE NOT is_mapped;--> statement-breakpoint
ALTER TABLE "attribute_values" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "quarantined_items" FORCE ROW LEVEL SECURITY;
