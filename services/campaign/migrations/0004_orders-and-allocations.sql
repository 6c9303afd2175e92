CREATE TABLE "journey_messages" (
	"tenant_id" uuid NOT NULL,
	"journey_id" uuid NOT NULL,
	"node_id" text NOT NULL,
	"profile_id" uuid NOT NULL,
	CONSTRAINT "journey_messages_tenant_id_journey_id_node_id_profile_id_pk" PRIMARY KEY("tenant_id","journey_id","node_id","profile_id")
);
--> statement-breakpoint
-- The previous release finds rows by a profile, and so does not read those without one.
-- squawk-ignore ban-drop-not-null
ALTER TABLE "order_facts" ALTER COLUMN "profile_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "coupons" ADD COLUMN "order_id" uuid;--> statement-breakpoint
ALTER TABLE "coupons" ADD COLUMN "allocation" jsonb;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "platform" text;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "shop_id" text;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "order_key" text;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "parent_order_key" text;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "refunded_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "coupons_order_id" ON "coupons" USING btree ("tenant_id","order_id");--> statement-breakpoint
CREATE INDEX "order_facts_key" ON "order_facts" USING btree ("tenant_id","platform","shop_id","order_key");--> statement-breakpoint
CREATE INDEX "order_facts_documents" ON "order_facts" USING btree ("tenant_id","platform","shop_id","parent_order_key") WHERE is_refund_document AND parent_order_key IS NOT NULL;