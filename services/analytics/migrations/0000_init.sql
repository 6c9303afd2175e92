CREATE TABLE "profile_customers" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "profile_customers_tenant_id_profile_id_pk" PRIMARY KEY("tenant_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "rfm_runs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"number" integer NOT NULL,
	"as_of" date NOT NULL,
	"currency" char(3) NOT NULL,
	"scored" integer NOT NULL,
	"changed" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rfm_runs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "rfm_runs_number" UNIQUE("tenant_id","number")
);
--> statement-breakpoint
CREATE TABLE "rfm_scores" (
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
	CONSTRAINT "rfm_scores_tenant_id_customer_id_pk" PRIMARY KEY("tenant_id","customer_id")
);
--> statement-breakpoint
CREATE TABLE "order_facts" (
	"tenant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"profile_id" uuid,
	"platform" text NOT NULL,
	"shop_id" text NOT NULL,
	"currency" char(3) NOT NULL,
	"total_minor" bigint NOT NULL,
	"refunded_minor" bigint NOT NULL,
	"paid_at" timestamp with time zone,
	"refunded_at" timestamp with time zone,
	"is_refund_document" boolean NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "order_facts_tenant_id_order_id_pk" PRIMARY KEY("tenant_id","order_id")
);
--> statement-breakpoint
CREATE INDEX "profile_customers_customer" ON "profile_customers" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "rfm_scores_run" ON "rfm_scores" USING btree ("tenant_id","run_id");--> statement-breakpoint
CREATE INDEX "order_facts_profile" ON "order_facts" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "order_facts_paid" ON "order_facts" USING btree ("tenant_id","paid_at");