CREATE TABLE "timeline_entries" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"order_id" uuid,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "timeline_entries_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "inbound_messages_profile";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "messages_profile";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "messages_journey";--> statement-breakpoint
CREATE INDEX "timeline_entries_profile" ON "timeline_entries" USING btree ("tenant_id","profile_id","at","id");--> statement-breakpoint
CREATE INDEX "inbound_messages_of_profile" ON "inbound_messages" USING btree ("tenant_id","profile_id","received_at");--> statement-breakpoint
CREATE INDEX "messages_of_profile" ON "messages" USING btree ("tenant_id","profile_id","created_at");--> statement-breakpoint
CREATE INDEX "messages_of_journey" ON "messages" USING btree ("tenant_id","journey_id","id");--> statement-breakpoint
CREATE INDEX "messages_created" ON "messages" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "messages_channel" ON "messages" USING btree ("tenant_id","channel","id");--> statement-breakpoint
CREATE INDEX "messages_not_sent" ON "messages" USING btree ("tenant_id","state","id") WHERE state IN ('BLOCKED', 'REJECTED', 'UNKNOWN');--> statement-breakpoint
CREATE INDEX "orders_modified" ON "orders" USING btree ("tenant_id","modified_at","id");--> statement-breakpoint
CREATE INDEX "orders_paid" ON "orders" USING btree ("tenant_id","paid_at");--> statement-breakpoint
CREATE INDEX "orders_no" ON "orders" USING btree ("tenant_id","order_no");--> statement-breakpoint
CREATE INDEX "orders_shop" ON "orders" USING btree ("tenant_id","shop_id","id");--> statement-breakpoint
CREATE INDEX "orders_state" ON "orders" USING btree ("tenant_id","status","id");--> statement-breakpoint
CREATE INDEX "orders_anonymous" ON "orders" USING btree ("tenant_id","id") WHERE profile_id IS NULL;--> statement-breakpoint
CREATE INDEX "orders_refund_documents" ON "orders" USING btree ("tenant_id","id") WHERE is_refund_document;--> statement-breakpoint
CREATE INDEX "parked_orders_reason" ON "parked_orders" USING btree ("tenant_id","reason","id");--> statement-breakpoint
CREATE INDEX "parked_orders_shop" ON "parked_orders" USING btree ("tenant_id","shop_id","id");--> statement-breakpoint
CREATE INDEX "touchpoints_time" ON "touchpoints" USING brin ("tenant_id","occurred_at");