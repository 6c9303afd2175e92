CREATE TABLE "contact_events" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"state" text,
	"live_code_id" uuid,
	"lost_by" text,
	"add_way" integer,
	"remark" "bytea",
	"is_published" boolean DEFAULT false NOT NULL,
	CONSTRAINT "contact_events_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "contact_events_once" UNIQUE("tenant_id","contact_id","kind","at")
);
--> statement-breakpoint
CREATE TABLE "import_rows" (
	"tenant_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"row" integer NOT NULL,
	"order_no" text NOT NULL,
	"body" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "import_rows_tenant_id_import_id_row_pk" PRIMARY KEY("tenant_id","import_id","row")
);
--> statement-breakpoint
CREATE TABLE "order_payments" (
	"tenant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"payment_no" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"paid_at" timestamp with time zone,
	"method" text NOT NULL,
	CONSTRAINT "order_payments_tenant_id_order_id_payment_no_pk" PRIMARY KEY("tenant_id","order_id","payment_no")
);
--> statement-breakpoint
CREATE TABLE "order_refunds" (
	"tenant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"refund_no" text NOT NULL,
	"state" text NOT NULL,
	"platform_state" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"stated_at" timestamp with time zone NOT NULL,
	"lines" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "order_refunds_tenant_id_order_id_refund_no_pk" PRIMARY KEY("tenant_id","order_id","refund_no")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"platform" text NOT NULL,
	"shop_id" text NOT NULL,
	"product_no" text NOT NULL,
	"title" text NOT NULL,
	"category_id" text NOT NULL,
	"is_on_sale" boolean NOT NULL,
	"is_deleted" boolean NOT NULL,
	"modified_at" timestamp with time zone NOT NULL,
	"platform_version" bigint NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "products_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "products_number" UNIQUE("tenant_id","platform","shop_id","product_no")
);
--> statement-breakpoint
CREATE TABLE "skus" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"sku" text NOT NULL,
	"title" text NOT NULL,
	"currency" char(3) NOT NULL,
	"price_minor" bigint,
	"stock" integer,
	CONSTRAINT "skus_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "skus_of_product" UNIQUE("tenant_id","product_id","sku")
);
--> statement-breakpoint
CREATE TABLE "merged_customers" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"merged_into" uuid,
	"version" bigint NOT NULL,
	CONSTRAINT "merged_customers_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "staff_tasks" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"staff_user_id" text NOT NULL,
	"state" text DEFAULT 'OPEN' NOT NULL,
	"content_key" "bytea" NOT NULL,
	"body" "bytea",
	"size" integer NOT NULL,
	"external_id" text,
	"expires_at" timestamp with time zone,
	"next_at" timestamp with time zone DEFAULT now(),
	"attempt_id" uuid,
	"attempts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"parked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "staff_tasks_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "timeline_merges" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"survivor_id" uuid NOT NULL,
	"absorbed_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "timeline_merges_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "order_imports" DROP CONSTRAINT "order_imports_file";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "orders_paid";--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "refused_code" text;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "refused_message" text;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "refused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "is_default" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "welcomes" ADD COLUMN "decision_id" uuid;--> statement-breakpoint
ALTER TABLE "import_errors" ADD COLUMN "order_no" text;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "parameters" char(64);--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "orders_new" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "orders_changed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "orders_unchanged" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "orders_waiting" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "orders_set_aside" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_imports" ADD COLUMN "notes" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "account_id" uuid;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "contact_id" uuid;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "task_id" uuid;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "line_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "product_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "category_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "unit_price_minor" bigint;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "discount_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "refunded_quantity" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "order_lines" ADD COLUMN "refunded_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "freight_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "tax_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "placed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "state_rank" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "platform_version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "base_state" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "platform_state" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "refunds_stated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "sales_channel" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "store_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "staff_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "parent_order_no" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "parked_orders" ADD COLUMN "detail" text;--> statement-breakpoint
ALTER TABLE "parked_orders" ADD COLUMN "body_hash" "bytea";--> statement-breakpoint
ALTER TABLE "order_payments" ADD CONSTRAINT "order_payments_order_exists" FOREIGN KEY ("tenant_id","order_id") REFERENCES "public"."orders"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_refunds" ADD CONSTRAINT "order_refunds_order_exists" FOREIGN KEY ("tenant_id","order_id") REFERENCES "public"."orders"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "skus" ADD CONSTRAINT "skus_product_exists" FOREIGN KEY ("tenant_id","product_id") REFERENCES "public"."products"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_rows_order" ON "import_rows" USING btree ("tenant_id","import_id","order_no","row");--> statement-breakpoint
CREATE INDEX "import_rows_kept" ON "import_rows" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "products_shop" ON "products" USING btree ("tenant_id","shop_id","id");--> statement-breakpoint
CREATE INDEX "products_category" ON "products" USING btree ("tenant_id","category_id","id");--> statement-breakpoint
CREATE INDEX "products_modified" ON "products" USING btree ("tenant_id","modified_at","id");--> statement-breakpoint
CREATE INDEX "skus_code" ON "skus" USING btree ("tenant_id","sku","id");--> statement-breakpoint
CREATE INDEX "merged_customers_survivor" ON "merged_customers" USING btree ("tenant_id","merged_into");--> statement-breakpoint
CREATE UNIQUE INDEX "staff_tasks_open" ON "staff_tasks" USING btree ("tenant_id","content_key") WHERE state = 'OPEN';--> statement-breakpoint
CREATE INDEX "staff_tasks_due" ON "staff_tasks" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "staff_tasks_parked" ON "staff_tasks" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "timeline_merges_survivor" ON "timeline_merges" USING btree ("tenant_id","survivor_id","at","id");--> statement-breakpoint
CREATE INDEX "timeline_merges_absorbed" ON "timeline_merges" USING btree ("tenant_id","absorbed_id","at","id");--> statement-breakpoint
CREATE INDEX "import_errors_order" ON "import_errors" USING btree ("tenant_id","import_id","order_no");--> statement-breakpoint
CREATE UNIQUE INDEX "order_imports_job" ON "order_imports" USING btree ("tenant_id","account_id","sha256","parameters");--> statement-breakpoint
CREATE INDEX "messages_with_staff" ON "messages" USING btree ("tenant_id","state","id") WHERE state IN ('WAITING_FOR_STAFF', 'EXPIRED');--> statement-breakpoint
CREATE INDEX "messages_of_task" ON "messages" USING btree ("tenant_id","task_id") WHERE task_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "orders_paid_order" ON "orders" USING btree ("tenant_id","paid_at","id");--> statement-breakpoint
CREATE INDEX "orders_documents_of" ON "orders" USING btree ("tenant_id","platform","shop_id","parent_order_no") WHERE is_refund_document;--> statement-breakpoint
CREATE UNIQUE INDEX "parked_orders_once" ON "parked_orders" USING btree ("tenant_id","body_hash");