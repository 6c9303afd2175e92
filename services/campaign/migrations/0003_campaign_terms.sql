CREATE TABLE "archived_templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"archived_at" timestamp with time zone NOT NULL,
	CONSTRAINT "archived_templates_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
-- Amounts of some currencies need more than 32 bits. No table of coupons is long enough yet for its rewrite to matter.
-- squawk-ignore changing-column-type
ALTER TABLE "coupon_templates" ALTER COLUMN "threshold_minor" SET DATA TYPE bigint;--> statement-breakpoint
-- squawk-ignore changing-column-type
ALTER TABLE "coupon_templates" ALTER COLUMN "amount_minor" SET DATA TYPE bigint;--> statement-breakpoint
-- squawk-ignore changing-column-type
ALTER TABLE "coupon_templates" ALTER COLUMN "max_discount_minor" SET DATA TYPE bigint;--> statement-breakpoint
-- squawk-ignore changing-column-type
ALTER TABLE "coupons" ALTER COLUMN "discount_minor" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "coupon_templates" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "coupon_templates" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "journeys" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "journeys" ADD COLUMN "state" text DEFAULT 'RUNNING' NOT NULL;--> statement-breakpoint
CREATE INDEX "coupons_template" ON "coupons" USING btree ("tenant_id","template_id","id");--> statement-breakpoint
CREATE INDEX "coupons_state" ON "coupons" USING btree ("tenant_id","state","id");--> statement-breakpoint
CREATE INDEX "coupons_expires" ON "coupons" USING btree ("tenant_id","expires_at","id");