CREATE TABLE "api_clients" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"key_id" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_clients_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "api_clients_key" UNIQUE("tenant_id","key_id")
);
--> statement-breakpoint
CREATE TABLE "attribute_values" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text,
	"sealed" "bytea",
	"is_mapped" boolean NOT NULL,
	"source" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "attribute_values_tenant_id_profile_id_key_pk" PRIMARY KEY("tenant_id","profile_id","key")
);
--> statement-breakpoint
CREATE TABLE "fields" (
	"tenant_id" uuid NOT NULL,
	"key" text NOT NULL,
	"label" text NOT NULL,
	"type" text NOT NULL,
	"sensitivity" text NOT NULL,
	"options" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fields_tenant_id_key_pk" PRIMARY KEY("tenant_id","key")
);
--> statement-breakpoint
CREATE TABLE "contact_cards" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"field" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "contact_cards_tenant_id_profile_id_field_pk" PRIMARY KEY("tenant_id","profile_id","field")
);
--> statement-breakpoint
CREATE TABLE "customer_decisions" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"survivor_id" uuid NOT NULL,
	"absorbed_id" uuid NOT NULL,
	"profile_ids" uuid[] NOT NULL,
	"undoes" uuid,
	"reason" text NOT NULL,
	"decided_by" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "customer_decisions_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "customer_decisions_undone_once" UNIQUE("tenant_id","undoes")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"merged_into" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customers_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"linked_profile_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"rule" text NOT NULL,
	"weight" double precision NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "evidence_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "evidence_once" UNIQUE("tenant_id","profile_id","linked_profile_id","namespace")
);
--> statement-breakpoint
CREATE TABLE "review_cases" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"customer_a" uuid NOT NULL,
	"customer_b" uuid NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "review_cases_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "review_cases_pair" UNIQUE("tenant_id","customer_a","customer_b")
);
--> statement-breakpoint
CREATE TABLE "identifiers" (
	"tenant_id" uuid NOT NULL,
	"namespace" text NOT NULL,
	"value_index" "bytea" NOT NULL,
	"profile_id" uuid NOT NULL,
	"verified_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "identifiers_tenant_id_namespace_value_index_profile_id_pk" PRIMARY KEY("tenant_id","namespace","value_index","profile_id")
);
--> statement-breakpoint
CREATE TABLE "profiles" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "profiles_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "profiles_external" UNIQUE("tenant_id","source","external_id")
);
--> statement-breakpoint
CREATE TABLE "staff" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"roles" text[] NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "staff_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "staff_subject" UNIQUE("tenant_id","subject")
);
--> statement-breakpoint
CREATE TABLE "profile_tags" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "profile_tags_tenant_id_profile_id_tag_id_pk" PRIMARY KEY("tenant_id","profile_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "tag_groups" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"folded_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tag_groups_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "tag_groups_name" UNIQUE("tenant_id","folded_name")
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"name" text NOT NULL,
	"folded_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "tags_name" UNIQUE("tenant_id","group_id","folded_name")
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"tenant_id" uuid NOT NULL,
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"currency" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tenants_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
ALTER TABLE "identifiers" ADD CONSTRAINT "identifiers_profile_exists" FOREIGN KEY ("tenant_id","profile_id") REFERENCES "public"."profiles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_customer_exists" FOREIGN KEY ("tenant_id","customer_id") REFERENCES "public"."customers"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_tags" ADD CONSTRAINT "profile_tags_tag_exists" FOREIGN KEY ("tenant_id","tag_id") REFERENCES "public"."tags"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tags" ADD CONSTRAINT "tags_group_exists" FOREIGN KEY ("tenant_id","group_id") REFERENCES "public"."tag_groups"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "customer_decisions_survivor" ON "customer_decisions" USING btree ("tenant_id","survivor_id");--> statement-breakpoint
CREATE INDEX "customer_decisions_absorbed" ON "customer_decisions" USING btree ("tenant_id","absorbed_id");--> statement-breakpoint
CREATE INDEX "customers_merged" ON "customers" USING btree ("tenant_id","merged_into");--> statement-breakpoint
CREATE INDEX "evidence_linked" ON "evidence" USING btree ("tenant_id","linked_profile_id");--> statement-breakpoint
CREATE INDEX "identifiers_profile" ON "identifiers" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "profiles_customer" ON "profiles" USING btree ("tenant_id","customer_id");--> statement-breakpoint
CREATE INDEX "profile_tags_tag" ON "profile_tags" USING btree ("tenant_id","tag_id");