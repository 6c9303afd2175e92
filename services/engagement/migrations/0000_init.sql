CREATE TABLE "channel_accounts" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"external_id" text NOT NULL,
	"credentials" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "channel_accounts_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "channel_accounts_external" UNIQUE("tenant_id","kind","external_id")
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"staff_user_id" text NOT NULL,
	"external_user_id" text NOT NULL,
	"profile_id" uuid NOT NULL,
	"live_code_id" uuid,
	"added_at" timestamp with time zone NOT NULL,
	"lost_at" timestamp with time zone,
	"lost_by" text,
	"changed_at" timestamp with time zone NOT NULL,
	"details_at" timestamp with time zone,
	CONSTRAINT "contacts_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "contacts_pair" UNIQUE("tenant_id","account_id","staff_user_id","external_user_id")
);
--> statement-breakpoint
CREATE TABLE "inbound_messages" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"external_message_id" text NOT NULL,
	"profile_id" uuid NOT NULL,
	"type" text NOT NULL,
	"body" "bytea" NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbound_messages_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "inbound_messages_once" UNIQUE("tenant_id","account_id","external_message_id")
);
--> statement-breakpoint
CREATE TABLE "welcomes" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"live_code_id" uuid NOT NULL,
	"code" "bytea" NOT NULL,
	"deadline" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'PLANNED' NOT NULL,
	"problem" text,
	"lease_until" timestamp with time zone,
	CONSTRAINT "welcomes_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "import_errors" (
	"tenant_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"row" integer NOT NULL,
	"reason" text NOT NULL,
	"fields" text[] NOT NULL,
	CONSTRAINT "import_errors_tenant_id_import_id_row_pk" PRIMARY KEY("tenant_id","import_id","row")
);
--> statement-breakpoint
CREATE TABLE "order_imports" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"file_name" text NOT NULL,
	"sha256" char(64) NOT NULL,
	"mapping" jsonb NOT NULL,
	"currency" char(3) NOT NULL,
	"zone" text NOT NULL,
	"state" text DEFAULT 'RECEIVING' NOT NULL,
	"rows_done" integer DEFAULT 0 NOT NULL,
	"orders" integer DEFAULT 0 NOT NULL,
	"refunds" integer DEFAULT 0 NOT NULL,
	"completed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "order_imports_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "order_imports_file" UNIQUE("tenant_id","account_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"dedupe_key" text NOT NULL,
	"body" "bytea" NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"processed_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	CONSTRAINT "webhooks_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "webhooks_once" UNIQUE("tenant_id","account_id","dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "live_codes" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"owners" text[] NOT NULL,
	"tag_ids" uuid[] NOT NULL,
	"welcome_text" text,
	"skip_verify" boolean NOT NULL,
	"config_id" text,
	"qr_url" text,
	"problem" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "live_codes_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "live_codes_state" UNIQUE("tenant_id","account_id","state")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"purpose" text NOT NULL,
	"message_class" text NOT NULL,
	"template_id" uuid NOT NULL,
	"template_version" integer NOT NULL,
	"variables" jsonb NOT NULL,
	"journey_id" uuid,
	"state" text DEFAULT 'PLANNED' NOT NULL,
	"attempt_id" uuid,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decision_id" uuid,
	"provider_id" text,
	"reasons" text[] DEFAULT '{}' NOT NULL,
	"sent_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "order_lines" (
	"tenant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"sku" text NOT NULL,
	"title" text NOT NULL,
	"quantity" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "order_lines_tenant_id_order_id_line_pk" PRIMARY KEY("tenant_id","order_id","line")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"platform" text NOT NULL,
	"shop_id" text NOT NULL,
	"order_no" text NOT NULL,
	"profile_id" uuid,
	"status" text NOT NULL,
	"currency" char(3) NOT NULL,
	"total_minor" bigint NOT NULL,
	"discount_minor" bigint NOT NULL,
	"refunded_minor" bigint NOT NULL,
	"is_refund_document" boolean NOT NULL,
	"coupon_codes" text[] DEFAULT '{}' NOT NULL,
	"paid_at" timestamp with time zone,
	"refunded_at" timestamp with time zone,
	"modified_at" timestamp with time zone NOT NULL,
	"version" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "orders_number" UNIQUE("tenant_id","platform","shop_id","order_no")
);
--> statement-breakpoint
CREATE TABLE "parked_orders" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"platform" text NOT NULL,
	"shop_id" text NOT NULL,
	"order_no" text NOT NULL,
	"reason" text NOT NULL,
	"body" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "parked_orders_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
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
CREATE TABLE "templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"version" integer NOT NULL,
	"channel" text NOT NULL,
	"subject_template" text NOT NULL,
	"body_template" text NOT NULL,
	CONSTRAINT "templates_tenant_id_id_version_pk" PRIMARY KEY("tenant_id","id","version")
);
--> statement-breakpoint
CREATE TABLE "pending_claims" (
	"tenant_id" uuid NOT NULL,
	"identity_key" "bytea" NOT NULL,
	"account_id" uuid NOT NULL,
	"claim" "bytea" NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"problem" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pending_claims_tenant_id_identity_key_pk" PRIMARY KEY("tenant_id","identity_key")
);
--> statement-breakpoint
CREATE TABLE "profile_keys" (
	"tenant_id" uuid NOT NULL,
	"identity_key" "bytea" NOT NULL,
	"profile_id" uuid NOT NULL,
	CONSTRAINT "profile_keys_tenant_id_identity_key_pk" PRIMARY KEY("tenant_id","identity_key")
);
--> statement-breakpoint
CREATE TABLE "touchpoints" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"profile_id" uuid,
	"identity_key" "bytea" NOT NULL,
	"type" text NOT NULL,
	"channel" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"reference_id" uuid,
	"properties" jsonb,
	CONSTRAINT "touchpoints_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "touchpoints_once" UNIQUE("tenant_id","source_id","message_id")
);
--> statement-breakpoint
ALTER TABLE "live_codes" ADD CONSTRAINT "live_codes_account_exists" FOREIGN KEY ("tenant_id","account_id") REFERENCES "public"."channel_accounts"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_exists" FOREIGN KEY ("tenant_id","order_id") REFERENCES "public"."orders"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contacts_profile" ON "contacts" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "contacts_live_code" ON "contacts" USING btree ("tenant_id","live_code_id");--> statement-breakpoint
CREATE INDEX "contacts_without_details" ON "contacts" USING btree ("tenant_id","added_at") WHERE details_at IS NULL;--> statement-breakpoint
CREATE INDEX "inbound_messages_profile" ON "inbound_messages" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "welcomes_planned" ON "welcomes" USING btree ("tenant_id","deadline") WHERE state = 'PLANNED';--> statement-breakpoint
CREATE INDEX "welcomes_live_code" ON "welcomes" USING btree ("tenant_id","live_code_id");--> statement-breakpoint
CREATE INDEX "webhooks_waiting" ON "webhooks" USING btree ("tenant_id","received_at") WHERE processed_at IS NULL;--> statement-breakpoint
CREATE INDEX "messages_waiting" ON "messages" USING btree ("tenant_id","next_at") WHERE state IN ('PLANNED', 'CLAIMED', 'SENDING');--> statement-breakpoint
CREATE INDEX "messages_profile" ON "messages" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "messages_journey" ON "messages" USING btree ("tenant_id","journey_id");--> statement-breakpoint
CREATE INDEX "orders_profile" ON "orders" USING btree ("tenant_id","profile_id","modified_at");--> statement-breakpoint
CREATE INDEX "profile_customers_customer" ON "profile_customers" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "pending_claims_waiting" ON "pending_claims" USING btree ("tenant_id","created_at") WHERE problem IS NULL;--> statement-breakpoint
CREATE INDEX "touchpoints_profile" ON "touchpoints" USING btree ("tenant_id","profile_id","occurred_at");--> statement-breakpoint
CREATE INDEX "touchpoints_unattached" ON "touchpoints" USING btree ("tenant_id","identity_key") WHERE profile_id IS NULL;