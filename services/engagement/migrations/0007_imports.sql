-- Rejected rows stood in the clear, and SQL has no key to seal them with: what they held is forgotten, their reasons stay.
-- squawk-ignore ban-drop-column
ALTER TABLE "import_errors" DROP COLUMN "fields";--> statement-breakpoint
ALTER TABLE "import_errors" ADD COLUMN "fields" bytea;--> statement-breakpoint
ALTER TABLE "import_errors" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "receiver" uuid;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "receiving_until" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "import_errors_kept" ON "import_errors" USING btree ("tenant_id","created_at") WHERE "import_errors"."fields" is not null;