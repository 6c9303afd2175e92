CREATE TABLE "rfm_class_changes" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"rfm_class" text,
	"previous_class" text,
	"as_of" date NOT NULL,
	CONSTRAINT "rfm_class_changes_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "rfm_model_scores" (
	"tenant_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"rfm_class" text NOT NULL,
	"recency_days" integer NOT NULL,
	"frequency" integer NOT NULL,
	"monetary_minor" bigint NOT NULL,
	"recency_score" integer NOT NULL,
	"frequency_score" integer NOT NULL,
	"monetary_score" integer NOT NULL,
	"model_id" uuid NOT NULL,
	CONSTRAINT "rfm_model_scores_tenant_id_model_id_customer_id_pk" PRIMARY KEY("tenant_id","model_id","customer_id")
);
--> statement-breakpoint
CREATE TABLE "rfm_models" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"key" text NOT NULL,
	"window_days" integer NOT NULL,
	"method" text NOT NULL,
	"monetary_basis" text NOT NULL,
	"cuts" jsonb,
	"currency" char(3) NOT NULL,
	"shop_id" text,
	"zone" text NOT NULL,
	"is_default" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rfm_models_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "rfm_models_key" UNIQUE("tenant_id","key")
);
--> statement-breakpoint
ALTER TABLE "rfm_runs" ADD COLUMN "model_id" uuid;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "order_key" text;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "parent_order_key" text;--> statement-breakpoint
ALTER TABLE "order_facts" ADD COLUMN "refunds" jsonb;--> statement-breakpoint
CREATE INDEX "rfm_class_changes_customer" ON "rfm_class_changes" USING btree ("tenant_id","customer_id","model_id","id");--> statement-breakpoint
CREATE INDEX "rfm_model_scores_customer" ON "rfm_model_scores" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rfm_models_default" ON "rfm_models" USING btree ("tenant_id") WHERE is_default;--> statement-breakpoint
ALTER TABLE "rfm_runs" ADD CONSTRAINT "rfm_runs_model_exists" FOREIGN KEY ("tenant_id","model_id") REFERENCES "public"."rfm_models"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rfm_runs_model" ON "rfm_runs" USING btree ("tenant_id","model_id","number");--> statement-breakpoint
CREATE INDEX "order_facts_documents" ON "order_facts" USING btree ("tenant_id","platform","shop_id","parent_order_key") WHERE is_refund_document AND parent_order_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX "order_facts_key" ON "order_facts" USING btree ("tenant_id","platform","shop_id","order_key");--> statement-breakpoint
CREATE INDEX "order_facts_refunded" ON "order_facts" USING btree ("tenant_id","order_id") WHERE refunded_minor > 0;