CREATE TABLE "coupon_templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"currency" char(3) NOT NULL,
	"threshold_minor" integer NOT NULL,
	"amount_minor" integer,
	"percent" integer,
	"max_discount_minor" integer,
	"stock" integer NOT NULL,
	"issued" integer DEFAULT 0 NOT NULL,
	"per_customer" integer NOT NULL,
	"valid_days" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "coupon_templates_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "coupon_templates_name" UNIQUE("tenant_id","name"),
	CONSTRAINT "coupon_templates_stock" CHECK (issued <= stock)
);
--> statement-breakpoint
CREATE TABLE "coupons" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"template_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"code" char(17) NOT NULL,
	"state" text DEFAULT 'ISSUED' NOT NULL,
	"source_key" text NOT NULL,
	"journey_id" uuid,
	"issued_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"order_key" text,
	"locked_until" timestamp with time zone,
	"discount_minor" integer,
	CONSTRAINT "coupons_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "coupons_code" UNIQUE("tenant_id","code"),
	CONSTRAINT "coupons_source" UNIQUE("tenant_id","template_id","profile_id","source_key")
);
--> statement-breakpoint
CREATE TABLE "attribute_facts" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "attribute_facts_tenant_id_profile_id_key_pk" PRIMARY KEY("tenant_id","profile_id","key")
);
--> statement-breakpoint
CREATE TABLE "behaviour_days" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"type" text NOT NULL,
	"day" date NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "behaviour_days_tenant_id_profile_id_type_day_pk" PRIMARY KEY("tenant_id","profile_id","type","day")
);
--> statement-breakpoint
CREATE TABLE "dirty_customers" (
	"tenant_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	CONSTRAINT "dirty_customers_tenant_id_customer_id_pk" PRIMARY KEY("tenant_id","customer_id")
);
--> statement-breakpoint
CREATE TABLE "order_facts" (
	"tenant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"currency" char(3) NOT NULL,
	"total_minor" bigint NOT NULL,
	"refunded_minor" bigint NOT NULL,
	"paid_at" timestamp with time zone,
	"is_refund_document" boolean NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "order_facts_tenant_id_order_id_pk" PRIMARY KEY("tenant_id","order_id")
);
--> statement-breakpoint
CREATE TABLE "rfm_facts" (
	"tenant_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"rfm_class" text NOT NULL,
	"run_number" bigint NOT NULL,
	CONSTRAINT "rfm_facts_tenant_id_customer_id_pk" PRIMARY KEY("tenant_id","customer_id")
);
--> statement-breakpoint
CREATE TABLE "tag_facts" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	"is_on" boolean NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "tag_facts_tenant_id_profile_id_tag_id_pk" PRIMARY KEY("tenant_id","profile_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "journey_entries" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"journey_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"node_id" text NOT NULL,
	"due_at" timestamp with time zone,
	"outcome" text,
	"entered_at" timestamp with time zone NOT NULL,
	CONSTRAINT "journey_entries_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "journey_entries_once" UNIQUE("tenant_id","journey_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "journeys" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"segment_id" uuid NOT NULL,
	"nodes" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "journeys_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "journeys_name" UNIQUE("tenant_id","name")
);
--> statement-breakpoint
CREATE TABLE "profile_customers" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "profile_customers_tenant_id_profile_id_pk" PRIMARY KEY("tenant_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "segment_members" (
	"tenant_id" uuid NOT NULL,
	"segment_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	CONSTRAINT "segment_members_tenant_id_segment_id_customer_id_pk" PRIMARY KEY("tenant_id","segment_id","customer_id")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"definition" jsonb NOT NULL,
	"uses_clock" boolean NOT NULL,
	"swept_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "segments_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "segments_name" UNIQUE("tenant_id","name")
);
--> statement-breakpoint
CREATE TABLE "templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"channel" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"variables" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "templates_tenant_id_id_version_pk" PRIMARY KEY("tenant_id","id","version"),
	CONSTRAINT "templates_name" UNIQUE("tenant_id","name","version")
);
--> statement-breakpoint
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_template_exists" FOREIGN KEY ("tenant_id","template_id") REFERENCES "public"."coupon_templates"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journey_entries" ADD CONSTRAINT "journey_entries_journey_exists" FOREIGN KEY ("tenant_id","journey_id") REFERENCES "public"."journeys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journeys" ADD CONSTRAINT "journeys_segment_exists" FOREIGN KEY ("tenant_id","segment_id") REFERENCES "public"."segments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segment_members" ADD CONSTRAINT "segment_members_segment_exists" FOREIGN KEY ("tenant_id","segment_id") REFERENCES "public"."segments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "coupons_profile" ON "coupons" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "coupons_order" ON "coupons" USING btree ("tenant_id","order_key");--> statement-breakpoint
CREATE INDEX "coupons_running" ON "coupons" USING btree ("tenant_id","expires_at") WHERE state IN ('ISSUED', 'LOCKED', 'RETURNED');--> statement-breakpoint
CREATE INDEX "order_facts_profile" ON "order_facts" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "journey_entries_due" ON "journey_entries" USING btree ("tenant_id","due_at") WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "journey_entries_profile" ON "journey_entries" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "journeys_segment" ON "journeys" USING btree ("tenant_id","segment_id");--> statement-breakpoint
CREATE INDEX "profile_customers_customer" ON "profile_customers" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "segment_members_customer" ON "segment_members" USING btree ("tenant_id","customer_id");